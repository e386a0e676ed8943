"""A gRPC server by Debian's python3-grpcio: grpc-echo.py ADDRESS:PORT NAME. Answers every unary call with NAME. Ends with its standard input."""
import sys
from concurrent import futures

import grpc


class Everything(grpc.GenericRpcHandler):
    def __init__(self, name):
        self.answer = grpc.unary_unary_rpc_method_handler(lambda request, context: name)

    def service(self, details):
        return self.answer


server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), handlers=[Everything(sys.argv[2].encode())])
if server.add_insecure_port(sys.argv[1]) == 0:
    sys.exit("cannot listen on " + sys.argv[1])
server.start()
print("listening", flush=True)
sys.stdin.read()
server.stop(None)
