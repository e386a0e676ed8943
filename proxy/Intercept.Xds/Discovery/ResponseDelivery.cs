using System.Collections.Immutable;
using Envoy.Service.Discovery.V3;

namespace Intercept.Xds.Discovery;

/// <summary>A response on its way to the receiver, the same for both variants.</summary>
internal sealed class ResponseDelivery(IResourceReceiver receiver, AwaitedResources awaited, ResourceLifetimes lifetimes)
{
    // google.rpc.Code.
    private const int NotFound = 5;

    private bool _isConnected;

    /// <summary>Before the first response of the stream is delivered.</summary>
    public void Connect(string? controlPlane)
    {
        if (!_isConnected)
        {
            _isConnected = true;
            receiver.Connected(controlPlane);
        }
    }

    public ResponseOutcome Deliver(ResponseReading reading, IEnumerable<ResourceError> errors)
    {
        var batch = reading.Batch;
        var problems = receiver.Receive(batch);
        Remove(batch);
        lifetimes.Note(reading, receiver);
        var messages = ImmutableArray.CreateBuilder<string>();
        foreach (var error in errors)
        {
            var name = error.ResourceName?.Name ?? "";
            messages.Add($"{TypeUrls.Describe(batch.Type, name)}: {error.ErrorDetail?.Message} (code {error.ErrorDetail?.Code})");
            Report(batch.Type, name, error.ErrorDetail?.Code == NotFound);
        }

        return new ResponseOutcome([.. reading.Problems, .. problems], messages.DrainToImmutable());
    }

    private void Remove(ResourceBatch batch)
    {
        awaited.Remove(batch.Type, Subscription.WildcardName);
        if (batch.IsWhole)
        {
            awaited.RemoveAll(batch.Type);
        }

        foreach (var resource in batch.Updated)
        {
            awaited.Remove(batch.Type, resource.Name);
        }

        foreach (var name in batch.Removed)
        {
            awaited.Remove(batch.Type, name);
        }
    }

    // An error that is not about existence leaves what we have; who waits for the first version waits in vain.
    private void Report(ResourceType type, string name, bool isGone)
    {
        if (receiver.Wanted(type).Covers(name) && (isGone || !receiver.Versions(type).ContainsKey(name)))
        {
            awaited.Remove(type, name);
            receiver.Absent(type, name);
        }
    }
}
