# _socket: results and errors, then conversations over each kind of socket.
import _socket as s
def t(f,*a,**k):
    try: print(repr(f(*a,**k))[:160])
    except BaseException as e: print(type(e).__name__, e)
k = s.socket()
print(s.error,s.gaierror.__mro__,s.herror.__mro__,s.timeout,s.SocketType,s.gaierror.__module__)
t(s.socket,fileno=-1); t(s.socket,fileno=1.5); t(s.socket,fileno="a"); t(s.socket,99); t(s.socket,"a"); 0
t(k.bind,1); t(k.bind,("a",)); t(k.bind,("localhost","x")); t(k.bind,("localhost",70000)); t(k.bind,("localhost",-1)); t(k.bind,(1,2)); t(k.connect,("127.0.0.1",1)); t(k.connect_ex,("127.0.0.1",1)); t(k.recv,-1); t(k.recv,"a"); t(k.recv_into,b""); t(k.recv_into,bytearray(2),5); t(k.recv_into,bytearray(2),-5); t(k.recvfrom,-1); t(k.recvfrom_into,bytearray(1),3); t(k.recvfrom_into,bytearray(1),-3); t(k.send,"a"); t(k.sendto,b"a"); t(k.sendto,b"a",1,2,3); t(k.sendall,1); t(k.settimeout,-1); t(k.settimeout,"a"); t(k.settimeout,1e300); t(k.settimeout, float('nan')); t(k.setblocking,"a"); t(k.gettimeout); t(k.getsockopt,1,2,0); t(k.getsockopt,1,2,-1); t(k.getsockopt,1,2,2000); t(k.getsockopt,1,2,4); t(k.getsockopt,1,2); t(k.getsockopt,1,9999); t(k.setsockopt,1,2,1); t(k.setsockopt,1,2,b"\0\0\0\0"); t(k.setsockopt,1,2,None,4); t(k.setsockopt,1,2,None); t(k.setsockopt,1,2,"a"); t(k.setsockopt,1,2,1,1); t(k.setsockopt,1,2); t(k.listen,"a"); t(k.shutdown,9); t(k.getpeername); t(k.shutdown,"a"); t(k.recvmsg,-1); t(k.recvmsg,1,-1); t(k.sendmsg,1); t(k.sendmsg,["a"]); t(k.sendmsg,[b"a"],1); t(k.sendmsg,[b"a"],[1]); t(k.sendmsg,[b"a"],[(1,2)]); t(k.recvmsg_into,1); t(k.recvmsg_into,[b"a"])
k.settimeout(0.5); print(k.gettimeout(), k.getblocking(), k.timeout); k.setblocking(False); print(k.gettimeout()); t(k.connect,("127.0.0.1",1))
k.close(); print(k.fileno()); t(k.recv,1); t(k.bind,("",0)); print(k.close()); t(k.detach)
t(s.htons,70000); t(s.htons,-1); t(s.htons,"a"); t(s.ntohs,70000); t(s.ntohl,1<<40); t(s.ntohl,-1); t(s.htonl,1<<40); t(s.htonl,1<<80); t(s.htonl,"a"); print(s.htons(1),s.htonl(1)); t(s.htonl,-1)
t(s.inet_aton,"1.2.3"); t(s.inet_aton,"x"); t(s.inet_aton,1); t(s.inet_ntoa,b"abc"); t(s.inet_ntoa,b"abcd"); t(s.inet_pton,2,"1.2.3.4"); t(s.inet_pton,2,"1.2.3"); t(s.inet_pton,99,"1.2.3"); t(s.inet_pton,10,"::1"); t(s.inet_ntop,2,b"abcd"); t(s.inet_ntop,2,b"abc"); t(s.inet_ntop,99,b"abc"); t(s.inet_ntop,10,b"a"*16);t(s.inet_ntop,10,b"a"*5)
t(s.getaddrinfo,1,2); t(s.getaddrinfo,"localhost",1.5); t(s.getaddrinfo,"127.0.0.1",80,type=1); t(s.getaddrinfo,None,"http"); t(s.getaddrinfo,"127.0.0.1","80",2,1,6,4); t(s.getaddrinfo,b"127.0.0.1",b"80",type=1); t(s.getaddrinfo,None,None); t(s.getaddrinfo,"::1",80,type=1); t(s.getaddrinfo,"127.0.0.1",1<<70)
t(s.getnameinfo,1,2); t(s.getnameinfo,("127.0.0.1",80),3); t(s.getnameinfo,("x",80),0); t(s.getnameinfo,("::1",80,0,0),3); t(s.getnameinfo,("127.0.0.1",80,1),3); t(s.getnameinfo,("localhost",80),3); t(s.getnameinfo,("127.0.0.1","80"),3)
t(s.gethostbyname,"127.0.0.1"); t(s.gethostbyname,1); t(s.gethostbyname_ex,"127.0.0.1"); t(s.gethostbyname,""); 0
t(s.getservbyname,"http"); t(s.getservbyname,"http","tcp"); t(s.getservbyname,"xx"); t(s.getservbyport,80); t(s.getservbyport,80,"tcp"); t(s.getservbyport,1); t(s.getservbyport,70000); t(s.getprotobyname,"tcp"); t(s.getprotobyname,"xx"); 
t(s.close,999); t(s.dup,999); t(s.socketpair,2); t(s.getdefaulttimeout); t(s.setdefaulttimeout,-1); t(s.setdefaulttimeout,"a"); t(s.if_nametoindex,"lo"); t(s.if_nametoindex,"xx"); t(s.if_indextoname,1); t(s.if_indextoname,9999); t(s.if_indextoname,-1); t(s.CMSG_LEN,4); t(s.CMSG_SPACE,4); t(s.CMSG_LEN,-1); t(s.CMSG_SPACE,1<<62);t(s.CMSG_SPACE,1<<63)
u=s.socket(s.AF_UNIX); t(u.bind,1); t(u.bind,"x"*200); t(u.connect,"/nonexistent"); t(u.getsockname); t(u.bind, b"\0abc"); t(u.getsockname); t(u.connect, "")
v=s.socket(s.AF_INET6); t(v.bind,("::1",)); t(v.bind,("::1",0,1<<21)); t(v.bind,("1.2.3.4",0)); t(v.bind,"a"); t(v.bind,("::1","a"))
a,b=s.socketpair(); t(a.send,b"hi"); t(b.recv,10); b.settimeout(0.01); t(b.recv,1); b.setblocking(0); t(b.recv,1); t(a.sendmsg,[b"a",b"b"]); t(b.recvmsg,10,100); t(a.getpeername); a.close(); t(b.recv,1); t(b.send,b"x"); t(b._accept); print(b.family,b.type)
t(s.socket.__init__, b, 1,2,3,4,5); t(k.accept) if hasattr(k,'accept') else print('no accept')
import pickle; t(pickle.dumps,b)
print(s.has_ipv6, s.__doc__)
import socket, threading, os, struct

# TCP
server = socket.create_server(("127.0.0.1", 0))
port = server.getsockname()[1]


def serve():
    conn, address = server.accept()
    with conn, conn.makefile("rwb") as f:
        for line in f:
            f.write(line.upper())
            f.flush()


th = threading.Thread(target=serve)
th.start()
with socket.create_connection(("localhost", port), timeout=10) as c:
    print(c.gettimeout(), c.getpeername() == ("127.0.0.1", port), c.family, c.type)
    f = c.makefile("rw", newline="\n")
    f.write("hello\nworld\n")
    f.flush()
    print(f.readline(), f.readline())
    f.close()
    c.shutdown(socket.SHUT_WR)
    print(c.recv(10))
th.join()
server.settimeout(0.02)
t(server.accept)
server.setblocking(False)
t(server.accept)
server.close()
# A big transfer
a, b = socket.socketpair()
data = bytes(range(256)) * 4000
th = threading.Thread(target=a.sendall, args=(data,))
th.start()
got = bytearray()
while len(got) < len(data):
    got += b.recv(100000)
th.join()
print(bytes(got) == data)
buf = bytearray(4)
a.send(b"xyz")
print(b.recv_into(buf), buf, b.recv_into(memoryview(buf)[1:], 0, socket.MSG_DONTWAIT) if a.send(b"12") else None, buf)
a.settimeout(0.02)
t(a.sendall, b"x" * 10000000)
a.close()
b.close()
# UDP
u1 = socket.socket(type=socket.SOCK_DGRAM)
u1.bind(("127.0.0.1", 0))
u2 = socket.socket(type=socket.SOCK_DGRAM)
u2.bind(("127.0.0.1", 0))
print(u1.sendto(b"one", u2.getsockname()), u1.sendto(b"two", 0, u2.getsockname()))
print(u2.recvfrom(10)[0], u2.recvfrom_into(buf)[0], buf)
print(u2.connect_ex(u1.getsockname()), u2.send(b"r"), u1.recvmsg(10)[0])
t(u1.sendto, b"x", ("127.0.0.1",))
u1.close()
u2.close()
# Files over a socket
a, b = socket.socketpair()
r, w = os.pipe()
print(a.sendmsg([b"fd"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", w))]))
msg, ancillary, flags, addr = b.recvmsg(10, socket.CMSG_LEN(4))
print([i[:2] for i in ancillary], flags, addr)
fds = struct.unpack("i", ancillary[0][2])
os.write(fds[0], b"through")
print(msg, len(fds), os.read(r, 10))
print(a.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_STREAM, a.sendmsg([b"a", b"bc"]), b.recv(5))
d = socket.socket(fileno=a.detach())
print(d.family, d.type, d.proto, a.fileno(), d.get_inheritable())
socket.setdefaulttimeout(1.5)
print(socket.socket().gettimeout(), socket.getdefaulttimeout())
socket.setdefaulttimeout(None)
print(d.dup().send(b"dup"), b.recv(5))
print( socket.AddressFamily.AF_INET, socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM))


# Buffers that a class of Python's lends.
class Lends:
    def __init__(self, data):
        self.data = data

    def __buffer__(self, flags):
        return memoryview(self.data)


left, right = socket.socketpair()
target = [Lends(bytearray(4)), Lends(bytearray(4))]
print(left.sendmsg([Lends(b"abc"), b"de", Lends(b"f")]), right.recvmsg_into(target), [t.data for t in target])
target[0].data.append(1)
left.close()
right.close()
