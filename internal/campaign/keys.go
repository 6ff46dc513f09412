package campaign

import (
	"slices"

	"github.com/nats-io/nkeys"
)

// publicKey returns one of a few public keys, always the same.
func publicKey(kind nkeys.PrefixByte, n byte) string {
	seed, err := nkeys.EncodeSeed(kind, slices.Repeat([]byte{n + 1}, 32))
	if err != nil {
		return err.Error()
	}
	pair, err := nkeys.FromSeed(seed)
	if err != nil {
		return err.Error()
	}
	key, err := pair.PublicKey()
	if err != nil {
		return err.Error()
	}
	return key
}

// seedKey returns a user's private key, always the same.
func seedKey() string {
	seed, err := nkeys.EncodeSeed(nkeys.PrefixByteUser, slices.Repeat([]byte{7}, 32))
	if err != nil {
		return err.Error()
	}
	return string(seed)
}

// JWTs that were signed once with keys of this file: of an operator, and of the
// account publicKey(nkeys.PrefixByteAccount, 0).
const (
	operatorJWT = "eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ.eyJqdGkiOiI0N0NKRlYzN0RZSEo3TTRNR0lFQ1VXTEhQRENXNExGNkpKUEpCRElLUDZQSlUyREhEUFRBIiwiaWF0IjoxNzk1Mzk5NDA1LCJpc3MiOiJPQ0ZJUlk2NU9RRTdERlA1S0xOUzJQRjJMVlpNVVpZSlg0T1pJRVEzNk4ySVFBTlVCNVhWWU9DUyIsIm5hbWUiOiJPIiwic3ViIjoiT0NGSVJZNjVPUUU3REZQNUtMTlMyUEYyTFZaTVVaWUpYNE9aSUVRMzZOMklRQU5VQjVYVllPQ1MiLCJuYXRzIjp7InR5cGUiOiJvcGVyYXRvciIsInZlcnNpb24iOjJ9fQ.yCGTLeHMxMVJJx9yodzz7vKKIGCJdFkr3mUo-nPRK_zrnLVn6vDTAJJGzwVVb1D98mWGHfpiVesXLrhwqCeMDg"
	accountJWT  = "eyJ0eXAiOiJKV1QiLCJhbGciOiJlZDI1NTE5LW5rZXkifQ.eyJqdGkiOiJBNktFREJIM1oyQ1AzVDZRRUhJM1dTTVRBU0lUV0NTTFNJSFBGRFJUTjRQTUhQQkFHSFNRIiwiaWF0IjoxNzk1Mzk5NDA1LCJpc3MiOiJPQ0ZJUlk2NU9RRTdERlA1S0xOUzJQRjJMVlpNVVpZSlg0T1pJRVEzNk4ySVFBTlVCNVhWWU9DUyIsIm5hbWUiOiJBIiwic3ViIjoiQUNGSVJZNjVPUUU3REZQNUtMTlMyUEYyTFZaTVVaWUpYNE9aSUVRMzZOMklRQU5VQjVYVllZT1UiLCJuYXRzIjp7ImxpbWl0cyI6eyJzdWJzIjotMSwiZGF0YSI6LTEsInBheWxvYWQiOi0xLCJpbXBvcnRzIjotMSwiZXhwb3J0cyI6LTEsIndpbGRjYXJkcyI6dHJ1ZSwiY29ubiI6LTEsImxlYWYiOi0xfSwiZGVmYXVsdF9wZXJtaXNzaW9ucyI6eyJwdWIiOnt9LCJzdWIiOnt9fSwiYXV0aG9yaXphdGlvbiI6e30sInR5cGUiOiJhY2NvdW50IiwidmVyc2lvbiI6Mn19.Jud0zz-H0TAbjDj_A4fPyEplXE-ZMn_xm21FRx3N8smBaUOS8QhCHQHxA6Zo_6SDqRPxW2kyFn1IA2dpqWbODQ"
)
