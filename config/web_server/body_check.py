"""The question whether a large body may be sent, which the server asks before it reads the body.

It is the request itself without its body: `environ[BODY_LENGTH]` is the announced length, -1 if there is
none. The application answers as it would refuse the request, or with a response whose attribute
`body_limit` is the largest body that it takes. It must not carry out such a request.
"""

BODY_LENGTH = "trombine.body_length"
UNKNOWN = -1
