using Intercept.Linux;
using Intercept.Linux.Processes;
using Intercept.Tests.Unit.Runtime;

namespace Intercept.Tests.Unit.Linux;

/// <summary>Epoll, the eventfd that wakes it, pipes, buffers and file locks.</summary>
public sealed class DescriptorTests
{
    [Fact]
    public void An_event_descriptor_wakes_until_it_is_cleared_however_often_it_was_signalled()
    {
        var (epoll, wake) = (Epoll.Create(), EventDescriptor.Create());
        Span<EpollEvent> events = stackalloc EpollEvent[4];
        try
        {
            Assert.Equal(0, Epoll.Add(epoll, wake, Epoll.In, 77));
            Assert.Equal(0, Epoll.Wait(epoll, events, 0));
            EventDescriptor.Signal(wake);
            EventDescriptor.Signal(wake);
            Assert.Equal(1, Epoll.Wait(epoll, events, 1000));
            Assert.Equal(new EpollEvent(Epoll.In, 77), events[0]);
            EventDescriptor.Clear(wake);
            Assert.Equal(0, Epoll.Wait(epoll, events, 0));

            // Clearing what is clear does not wait for a signal.
            EventDescriptor.Clear(wake);
        }
        finally
        {
            SocketCalls.Close(wake);
            SocketCalls.Close(epoll);
        }
    }

    [Fact]
    public void An_edge_is_told_once_and_again_when_the_interest_is_set_anew()
    {
        using var pair = new SocketPair();
        var epoll = Epoll.Create();
        Span<EpollEvent> events = stackalloc EpollEvent[4];
        try
        {
            Assert.Equal(0, Epoll.Add(epoll, pair.Descriptor, Epoll.In | Epoll.EdgeTriggered, 5));
            pair.Other.Send("x"u8);
            Assert.Equal(1, Epoll.Wait(epoll, events, 10_000));
            Assert.Equal(0, Epoll.Wait(epoll, events, 0));
            Assert.Equal(0, Epoll.Modify(epoll, pair.Descriptor, Epoll.In | Epoll.EdgeTriggered, ulong.MaxValue));
            Assert.Equal(1, Epoll.Wait(epoll, events, 0));
            Assert.Equal(ulong.MaxValue, events[0].Token);
        }
        finally
        {
            SocketCalls.Close(epoll);
        }
    }

    [Fact]
    public void A_pipe_carries_bytes_from_socket_to_socket_and_counts_what_it_holds()
    {
        using var source = new SocketPair();
        using var sink = new SocketPair();
        using var pipe = SplicePipe.TryCreate()!;
        Assert.Equal(IoResult.WouldBlock, pipe.FillFrom(source.Descriptor));

        source.Other.Send("hello "u8);
        source.AwaitReadable();
        Assert.Equal(IoResult.Done(6), pipe.FillFrom(source.Descriptor));
        source.Other.Send("world"u8);
        source.AwaitReadable();
        Assert.Equal(IoResult.Done(5), pipe.FillFrom(source.Descriptor));
        Assert.Equal(11, pipe.Held);

        // splice(2) may hand the two pages over one by one.
        for (var given = 0; given < 11;)
        {
            given += pipe.DrainTo(sink.Descriptor).Bytes;
        }

        Assert.Equal(0, pipe.Held);
        Assert.Equal("hello world", LoopbackPair.ReceiveText(sink.Other, 11));
        source.Other.Shutdown(System.Net.Sockets.SocketShutdown.Send);
        source.AwaitReadable();
        Assert.Equal(IoResult.EndOfStream, pipe.FillFrom(source.Descriptor));
    }

    [Fact]
    public void A_full_pipe_and_an_empty_one_have_nothing_to_do_yet_which_is_no_end()
    {
        using var source = new SocketPair();
        using var sink = new SocketPair();
        using var pipe = SplicePipe.TryCreate()!;
        Assert.Equal(IoResult.WouldBlock, pipe.DrainTo(sink.Descriptor));

        var sender = new Thread(() => source.Other.Send(new byte[4 * pipe.Capacity]));
        sender.Start();
        var until = Environment.TickCount64 + (long)Patience.WithATask.TotalMilliseconds;
        var quiet = 0;
        while (quiet < 3 && Environment.TickCount64 < until)
        {
            var filled = pipe.FillFrom(source.Descriptor);
            Assert.True(filled.IsDone || filled == IoResult.WouldBlock, $"{filled} at {pipe.Held} of {pipe.Capacity}");
            quiet = filled.IsDone ? 0 : quiet + 1;
            Thread.Sleep(filled.IsDone ? 0 : 20);
        }

        Assert.InRange(pipe.Held, 1, pipe.Capacity);
        while (SocketCalls.Receive(source.Descriptor, new byte[1 << 20]) is { Status: IoStatus.Done or IoStatus.WouldBlock } && sender.IsAlive)
        {
        }

        sender.Join();
    }

    [Fact]
    public void A_buffer_is_of_its_length_and_gone_when_disposed()
    {
        var buffer = new NativeBuffer(5000);
        buffer.Span.Fill(7);
        Assert.Equal((5000, 7), (buffer.Span.Length, buffer.Span[4999]));

        buffer.Dispose();
        buffer.Dispose();
        Assert.True(buffer.Span.IsEmpty);
    }

    [Fact]
    public void A_file_that_cannot_be_opened_is_named_with_the_reason() => Assert.Equal(
        "/nonexistent/file: No such file or directory", Assert.Throws<IOException>(() => AdvisoryLock.Open("/nonexistent/file")).Message);

    [Fact]
    public void A_lock_is_held_by_one_open_file_until_it_is_closed()
    {
        var path = Path.GetTempFileName();
        try
        {
            using var second = AdvisoryLock.Open(path);
            using (var first = AdvisoryLock.Open(path))
            {
                Assert.True(AdvisoryLock.TryAcquire(first));
                Assert.True(AdvisoryLock.TryAcquire(first));
                Assert.False(AdvisoryLock.TryAcquire(second));

                // A held lock keeps nobody from opening the file to wait for it.
                using var third = AdvisoryLock.Open(path);
                Assert.False(AdvisoryLock.TryAcquire(third));
            }

            Assert.True(AdvisoryLock.TryAcquire(second));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
