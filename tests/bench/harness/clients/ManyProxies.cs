using System.Globalization;
using Grpc.Core;
using Grpc.Net.Client;
using Intercept.Tests.Conformance.ControlPlane;

namespace Intercept.Tests.Bench;

/// <summary>Proxies that come at once, and again at each line. They keep what they have, as proxies do.</summary>
internal static class ManyProxies
{
    // Proxies of one machine do not share a connection; with Kestrel's 100 streams a connection these do, ten on each.
    private const int ProxiesOfAConnection = 10;

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(20);

    public static async Task<int> RunAsync(string address, int count)
    {
        var time = TimeProvider.System;
        var channels = Enumerable.Range(0, (count + ProxiesOfAConnection - 1) / ProxiesOfAConnection)
            .Select(_ => GrpcChannel.ForAddress($"http://{address}", new GrpcChannelOptions { MaxReceiveMessageSize = null })).ToList();
        var proxies = Enumerable.Range(0, count).Select(number => new SimulatedProxy(channels[number / ProxiesOfAConnection], $"web-{number}")).ToList();
        IDisposable[] streams = [];
        do
        {
            Array.ForEach(streams, stream => stream.Dispose());
            using var late = new CancellationTokenSource(_patience);
            var began = time.GetTimestamp();
            var before = proxies.Sum(proxy => proxy.Received);
            streams = await Task.WhenAll(proxies.Select(proxy => ConnectAsync(proxy, late.Token)));
            var seconds = time.GetElapsedTime(began).TotalSeconds;
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{seconds} {proxies.Sum(proxy => proxy.Received) - before}"));
        }
        while (await Console.In.ReadLineAsync() is not null);

        Array.ForEach(streams, stream => stream.Dispose());
        channels.ForEach(channel => channel.Dispose());
        return 0;
    }

    // As those of a mesh do it, but all at once: without backoff and jitter.
    private static async Task<IDisposable> ConnectAsync(SimulatedProxy proxy, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await proxy.ConnectAsync(cancellation);
            }
            catch (RpcException failure) when (failure.StatusCode == StatusCode.Unavailable)
            {
                await Task.Delay(_pause, cancellation);
            }
        }
    }
}
