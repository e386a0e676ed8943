using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Intercept.Core.Problems;
using Intercept.Xds.Reading;

namespace Intercept.Xds.Discovery;

/// <summary>
/// One response, taken apart: what of it was asked for and is sound as an envelope. Whether a resource means something
/// is for the receiver to find out.
/// </summary>
internal sealed class ResponseReading
{
    private const long MostSeconds = 315_576_000_000;

    private static readonly string _envelopeUrl = KnownTypes.UrlPrefix + Resource.Descriptor.FullName;

    private readonly ResourceType _type;
    private readonly Subscription _asked;
    private readonly List<DiscoveredResource> _updated = [];
    private readonly List<string> _removed = [];
    private readonly List<Heartbeat> _heartbeats = [];
    private readonly HashSet<string> _names = [];
    private readonly HashSet<string> _twice = [];
    private readonly List<Problem> _problems = [];

    public ResponseReading(ResourceType type, Subscription asked, DeltaDiscoveryResponse response)
    {
        (_type, _asked) = (type, asked);
        foreach (var resource in response.Resources)
        {
            Add(resource, resource.Version);
        }

        foreach (var name in response.RemovedResources.Concat(response.RemovedResourceNames.Select(removed => removed.Name)))
        {
            if (IsFirst(name) && asked.Covers(name))
            {
                _removed.Add(name);
            }
        }

        Batch = ToBatch(isWhole: false);
    }

    public ResponseReading(ResourceType type, Subscription asked, DiscoveryResponse response)
    {
        (_type, _asked) = (type, asked);
        foreach (var resource in response.Resources)
        {
            if (resource.TypeUrl != _envelopeUrl)
            {
                Add("", resource, response.VersionInfo, lifetime: null);
            }
            else if (TryParseEnvelope(resource.Value) is { } envelope)
            {
                Add(envelope, response.VersionInfo);
            }
        }

        // A part that could not be read may be any of those that seem to be missing, and heartbeats come without the rest.
        var isReadable = _problems.Count == 0 && _twice.Count == 0 && _heartbeats.Count == 0;
        Batch = ToBatch(isReadable && type is ResourceType.Listener or ResourceType.Cluster);
    }

    public ResourceBatch Batch { get; }

    public IReadOnlyList<Problem> Problems => _problems;

    public IReadOnlyList<Heartbeat> Heartbeats => _heartbeats;

    private void Add(Resource envelope, string version)
    {
        if (!TryReadLifetime(envelope, out var lifetime))
        {
            return;
        }

        if (envelope.Resource_ is { } resource)
        {
            Add(envelope.Name, resource, version, lifetime);
        }
        else if (lifetime is { } length)
        {
            _heartbeats.Add(new Heartbeat(envelope.Name, version, length));
        }
        else
        {
            Report(envelope.Name, "resource", null, "is missing", null);
        }
    }

    private bool TryReadLifetime(Resource envelope, out TimeSpan? lifetime)
    {
        lifetime = null;
        if (envelope.Ttl is not { } ttl)
        {
            return true;
        }

        if (ttl is { Seconds: >= 0 and <= MostSeconds, Nanos: >= 0 and < Duration.NanosecondsPerSecond } && ttl.ToTimeSpan() is var length && length > TimeSpan.Zero)
        {
            lifetime = length;
            return true;
        }

        Report(envelope.Name, "ttl", $"{ttl.Seconds}.{ttl.Nanos:D9}s", "is no time to live", "a duration of more than 0s");
        return false;
    }

    private void Add(string name, Any resource, string version, TimeSpan? lifetime)
    {
        if (resource.TypeUrl != TypeUrls.Of(_type))
        {
            Report(name, "type_url", resource.TypeUrl, "is not the type of its response", TypeUrls.Of(_type));
            return;
        }

        if (name.Length == 0)
        {
            name = ReadName(resource.Value) ?? "";
        }

        if (name.Length > 0 && IsFirst(name) && _asked.Covers(name))
        {
            _updated.Add(new DiscoveredResource(name, version, resource.Value, lifetime));
        }
    }

    private bool IsFirst(string name)
    {
        if (_names.Add(name))
        {
            return true;
        }

        if (_twice.Add(name))
        {
            Report(name, "name", null, "stands twice in one response", "names that differ");
        }

        return false;
    }

    /// <summary>All five messages have their name in their first field. Reports where there is none.</summary>
    private string? ReadName(ByteString value)
    {
        const uint nameTag = (1 << 3) | (uint)WireFormat.WireType.LengthDelimited;
        var name = "";
        try
        {
            var input = value.CreateCodedInput();
            while (input.ReadTag() is var tag && tag != 0)
            {
                if (tag == nameTag)
                {
                    name = input.ReadString();
                }
                else
                {
                    input.SkipLastField();
                }
            }
        }
        catch (InvalidProtocolBufferException failure)
        {
            Report("", "value", null, $"is not a message: {failure.Message}", null);
            return null;
        }

        if (name.Length == 0)
        {
            Report("", "name", null, "is missing", null);
        }

        return name;
    }

    private Resource? TryParseEnvelope(ByteString value)
    {
        try
        {
            return Resource.Parser.ParseFrom(value);
        }
        catch (InvalidProtocolBufferException failure)
        {
            Report("", "value", null, $"is not a message: {failure.Message}", null);
            return null;
        }
    }

    // Which of two with one name is meant, nobody can say: neither is taken.
    private ResourceBatch ToBatch(bool isWhole) => new(
        _type,
        [.. _updated.Where(resource => !_twice.Contains(resource.Name))],
        [.. _removed.Where(name => !_twice.Contains(name))],
        isWhole);

    private void Report(string name, string field, string? value, string why, string? allowed) =>
        _problems.Add(new Problem(TypeUrls.Describe(_type, name), 0, field, value, why, allowed));
}
