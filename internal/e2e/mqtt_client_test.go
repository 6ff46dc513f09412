package e2e

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"testing"
	"time"
)

// mqttClient speaks as much MQTT 3.1.1 as the tests need.
type mqttClient struct {
	t    *testing.T
	conn net.Conn
	r    *bufio.Reader
	// resumed says that the server had a session of the client.
	resumed bool
}

// The packets' first bytes: the type, and the flags that the protocol asks for.
const (
	mqttConnect    = 0x10
	mqttConnack    = 0x20
	mqttPublish    = 0x32 // QoS 1
	mqttPuback     = 0x40
	mqttSubscribe  = 0x82
	mqttSuback     = 0x90
	mqttDisconnect = 0xe0
)

// dialMQTT connects a client that keeps its session.
func dialMQTT(t *testing.T, addr, id, user, password string) *mqttClient {
	t.Helper()
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	m := &mqttClient{t: t, conn: conn, r: bufio.NewReader(conn)}
	const userAndPassword, keepAlive = 0xc0, 60
	body := append(mqttText("MQTT"), 4, userAndPassword, 0, keepAlive)
	for _, text := range []string{id, user, password} {
		body = append(body, mqttText(text)...)
	}
	m.send(mqttConnect, body)
	answer := m.receive(mqttConnack)
	if len(answer) != 2 || answer[1] != 0 {
		t.Fatalf("the server answers CONNECT with %v", answer)
	}
	m.resumed = answer[0] == 1
	return m
}

// subscribe asks for a topic with QoS 1.
func (m *mqttClient) subscribe(topic string) {
	m.t.Helper()
	m.send(mqttSubscribe, append(append([]byte{0, 1}, mqttText(topic)...), 1))
	if answer := m.receive(mqttSuback); len(answer) != 3 || answer[2] != 1 {
		m.t.Fatalf("the server answers SUBSCRIBE with %v", answer)
	}
}

// publish publishes with QoS 1 and waits for the acknowledgement.
func (m *mqttClient) publish(topic, text string) {
	m.t.Helper()
	m.send(mqttPublish, append(append(mqttText(topic), 0, 2), text...))
	m.receive(mqttPuback)
}

// next waits for a message, acknowledges it, and returns its text.
func (m *mqttClient) next() string {
	m.t.Helper()
	body := m.receive(mqttPublish)
	topic := int(binary.BigEndian.Uint16(body))
	m.send(mqttPuback, body[2+topic:4+topic])
	return string(body[4+topic:])
}

// close ends the connection as a client does that means to come back.
func (m *mqttClient) close() {
	m.t.Helper()
	m.send(mqttDisconnect, nil)
	// The server closes the connection when it is done with it.
	if _, err := io.Copy(io.Discard, m.r); err != nil {
		m.t.Fatal(err)
	}
	m.conn.Close()
}

func (m *mqttClient) send(kind byte, body []byte) {
	m.t.Helper()
	packet := append(binary.AppendUvarint([]byte{kind}, uint64(len(body))), body...)
	if _, err := m.conn.Write(packet); err != nil {
		m.t.Fatal(err)
	}
}

// receive returns the body of the next packet, which must be of that kind.
func (m *mqttClient) receive(kind byte) []byte {
	m.t.Helper()
	body, err := m.packet(kind)
	if err != nil {
		m.t.Fatal(err)
	}
	return body
}

func (m *mqttClient) packet(kind byte) ([]byte, error) {
	first, err := m.r.ReadByte()
	if err != nil {
		return nil, err
	}
	size, err := binary.ReadUvarint(m.r) // MQTT writes lengths in the same way
	if err != nil {
		return nil, err
	}
	body := make([]byte, size)
	if _, err := io.ReadFull(m.r, body); err != nil {
		return nil, err
	}
	if first&0xf0 != kind&0xf0 {
		return nil, fmt.Errorf("got a packet %#x %v, want %#x", first, body, kind)
	}
	return body, nil
}

// mqttText is a text as packets hold it.
func mqttText(s string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(s))), s...)
}
