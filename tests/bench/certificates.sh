# shellcheck shell=bash
# A small CA and SPIFFE X.509 SVIDs: P-256, no subject, the identity in a critical URI SAN, good for one day.

# ca_create DIRECTORY TRUST_DOMAIN
ca_create() {
	mkdir -p "$1"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -days 1 -subj "/O=Intercept quickstart" \
		-addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
		-addext "subjectAltName=URI:spiffe://$2" -keyout "$1/ca.key" -out "$1/ca.pem" 2>/dev/null
}

# svid_issue CA_DIRECTORY DIRECTORY SPIFFE_ID OWNER: chain.pem, key.pem and bundle.pem, readable by uid OWNER alone.
svid_issue() {
	local ca=$1 directory=$2 identity=$3 owner=$4
	mkdir -p "$directory"
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -sha256 -subj / \
		-keyout "$directory/key.pem" -out "$directory/request" 2>/dev/null
	openssl x509 -req -in "$directory/request" -CA "$ca/ca.pem" -CAkey "$ca/ca.key" -set_serial "0x$(openssl rand -hex 16)" \
		-sha256 -days 1 -out "$directory/chain.pem" -extfile <(printf '%s\n' 'basicConstraints=critical,CA:FALSE' \
			'keyUsage=critical,digitalSignature' 'extendedKeyUsage=serverAuth,clientAuth' "subjectAltName=critical,URI:$identity") 2>/dev/null
	rm -f "$directory/request"
	cp "$ca/ca.pem" "$directory/bundle.pem"
	chown -R "$owner:$owner" "$directory"
	chmod 500 "$directory"
	chmod 400 "$directory"/*
}
