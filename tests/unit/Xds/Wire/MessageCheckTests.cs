using System.Collections.Immutable;
using Envoy.Config.Cluster.V3;
using Google.Protobuf;
using Intercept.Core.Problems;
using Intercept.Tests.Unit.Xds.Resources;
using Intercept.Xds.Reading;
using Intercept.Xds.Translation;
using Intercept.Xds.Wire;

namespace Intercept.Tests.Unit.Xds.Wire;

/// <summary>The bytes of a message, walked before they are parsed.</summary>
public sealed class MessageCheckTests
{
    private const int NotRule = 8;

    [Fact]
    public void A_well_formed_message_passes()
    {
        var (isWell, problems) = Check(Sent.StaticCluster("a", "10.0.0.1:80").ToByteArray());
        Assert.True(isWell);
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("0a")]
    [InlineData("0aff")]
    [InlineData("0a05616263")]
    [InlineData("00")]
    [InlineData("80")]
    [InlineData("ffffffffffffffffffffff")]
    [InlineData("0b0c")]
    [InlineData("0f")]
    [InlineData("0d0102")]
    [InlineData("09010203")]
    public void What_is_no_message_is_told(string hex)
    {
        var (isWell, problems) = Check(Convert.FromHexString(hex));
        Assert.False(isWell);
        Assert.Equal("(resource) is not the bytes of a envoy.config.cluster.v3.Cluster", problems);
    }

    [Fact]
    public void The_place_of_damage_is_named()
    {
        const int LoadAssignment = 33;
        var (_, problems) = Check([.. Bytes.Field(1, "a"u8), .. Bytes.Field(LoadAssignment, [.. Bytes.Field(2, []), .. Bytes.Field(2, [0x12, 0xff])])]);
        Assert.Equal("load_assignment.endpoints[1] is not the bytes of a envoy.config.endpoint.v3.LocalityLbEndpoints", problems);
    }

    [Fact]
    public void A_field_of_another_kind_is_told_since_a_parser_would_drop_it()
    {
        var (isWell, problems) = Check([(1 << 3) | (int)WireKind.Varint, 1]);
        Assert.False(isWell);
        Assert.Equal("name is not encoded as its type; allowed: text (put numbers and true or false in quotes)", problems);
    }

    [Fact]
    public void A_bomb_of_depth_is_refused()
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var check = new MessageCheck(new TranslationScope(new SourceLines(""), problems));
        Assert.False(check.Check(Bytes.Nested(NotRule, 1000), Envoy.Config.Rbac.V3.Permission.Descriptor));
        Assert.EndsWith("is nested deeper than 64 levels", Assert.Single(problems).ToString(), StringComparison.Ordinal);
        problems.Clear();
        Assert.True(check.Check(Bytes.Nested(NotRule, 50), Envoy.Config.Rbac.V3.Permission.Descriptor));
        Assert.False(check.Check(Struct(1000), Google.Protobuf.WellKnownTypes.Struct.Descriptor));
    }

    [Fact]
    public void A_message_that_is_there_twice_is_told_since_a_parser_would_merge_the_two()
    {
        const int ConnectTimeout = 4;
        var (isWell, problems) = Check([.. Bytes.Field(ConnectTimeout, []), .. Bytes.Field(ConnectTimeout, [])]);
        Assert.False(isWell);
        Assert.Equal("connect_timeout is given twice; allowed: once", problems);
    }

    [Fact]
    public void Lists_of_numbers_may_be_packed_or_not()
    {
        const int SourcePorts = 7;
        var check = new MessageCheck(new TranslationScope(new SourceLines(""), ImmutableArray.CreateBuilder<Problem>()));
        Assert.True(check.Check(Bytes.Field(SourcePorts, [80, 81]), Envoy.Config.Listener.V3.FilterChainMatch.Descriptor));
        Assert.True(check.Check([(SourcePorts << 3) | (int)WireKind.Varint, 80], Envoy.Config.Listener.V3.FilterChainMatch.Descriptor));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Damaged_resources_are_refused_or_taken_and_never_throw(int seed)
    {
        var random = new Random(seed);
        var store = new StoreUnderTest().Started();
        var (cluster, listener) = (Sent.StaticCluster("a", "10.0.0.1:80").ToByteArray(), Sent.Outbound("a", "10.96.0.1:80", "a").ToByteArray());
        for (var i = 0; i < 2000; i++)
        {
            var (type, bytes) = i % 2 == 0
                ? (Intercept.Xds.Discovery.ResourceType.Cluster, (byte[])cluster.Clone())
                : (Intercept.Xds.Discovery.ResourceType.Listener, (byte[])listener.Clone());
            for (var damage = random.Next(1, 4); damage > 0; damage--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var length = random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length;
            store.Receive(Sent.Batch(type, new Intercept.Xds.Discovery.DiscoveredResource("a", $"{i}", ByteString.CopyFrom(bytes, 0, length))));
        }

        store.Receive(Sent.Removal(Intercept.Xds.Discovery.ResourceType.Cluster, "a"));
        store.Receive(Sent.Removal(Intercept.Xds.Discovery.ResourceType.Listener, "a"));
        Assert.Equal(["own"], store.Last.Clusters.Keys);
        Assert.Empty(store.Last.Discovered!.Refused);
        Assert.Empty(store.Last.Discovered.Ignored);
    }

    private static byte[] Struct(int depth)
    {
        var bytes = Array.Empty<byte>();
        for (var i = 0; i < depth; i++)
        {
            const int Fields = 1, ValueOfEntry = 2, StructValue = 5;
            bytes = Bytes.Field(Fields, Bytes.Field(ValueOfEntry, Bytes.Field(StructValue, bytes)));
        }

        return bytes;
    }

    private static (bool IsWell, string Problems) Check(byte[] bytes)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var isWell = new MessageCheck(new TranslationScope(new SourceLines(""), problems)).Check(bytes, Cluster.Descriptor);
        return (isWell, string.Join('\n', problems.Select(problem => problem.ToString().TrimStart(':', ' '))));
    }
}
