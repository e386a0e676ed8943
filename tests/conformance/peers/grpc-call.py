"""A gRPC client by Debian's python3-grpcio, over xds:///. For each line of standard input it calls grpc-call.py TARGET once, and prints who
answered, or the status. GRPC_XDS_BOOTSTRAP says where the control plane is."""
import sys

import grpc

channel = grpc.insecure_channel("xds:///" + sys.argv[1])
call = channel.unary_unary("/intercept.Echo/Say")
for line in sys.stdin:
    try:
        print(call(b"", timeout=20, wait_for_ready=True).decode(), flush=True)
    except grpc.RpcError as error:
        print(error.code().name, error.details(), flush=True)
