using System.Collections.Immutable;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Route.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Intercept.Core.Problems;
using Intercept.Mesh.Clusters;
using Intercept.Mesh.Listeners;
using Intercept.Mesh.Tls;
using Intercept.Xds.Discovery;
using Intercept.Xds.Reading;
using Intercept.Xds.Translation;
using Intercept.Xds.Wire;
using ClusterProto = Envoy.Config.Cluster.V3.Cluster;
using ListenerProto = Envoy.Config.Listener.V3.Listener;
using SecretProto = Envoy.Extensions.TransportSockets.Tls.V3.Secret;

namespace Intercept.Xds.Resources;

/// <summary>One resource at a time, from bytes to what the proxy uses. Never throws for what is in the bytes.</summary>
/// <param name="secretOrigin">As the secrets name it.</param>
/// <param name="provided">Secrets that are not asked for, since they come from elsewhere.</param>
internal sealed class ResourceTranslator(string secretOrigin, ImmutableHashSet<string> provided)
{
    // A refusal is sent back and logged: the first reasons tell the story.
    private const int MostProblems = 32;

    private readonly SharedValues _shared = new();

    public TranslatedResource<ClusterTemplate> ToCluster(DiscoveredResource resource) =>
        Translate(resource, ResourceType.Cluster, ClusterProto.Parser, ClusterProto.Descriptor, static cluster => cluster.Name, static (cluster, scope) =>
            new ClusterTranslator(scope).ToTemplate(cluster, ""));

    public TranslatedResource<Assignment> ToAssignment(DiscoveredResource resource) =>
        Translate(
            resource, ResourceType.Endpoint, ClusterLoadAssignment.Parser, ClusterLoadAssignment.Descriptor,
            static assignment => assignment.ClusterName, static (assignment, scope) =>
                new Assignment(assignment.ClusterName, new EndpointTranslator(scope).Translate(assignment, ClusterType.Eds, "")));

    /// <param name="clusters">Those that are known by now; others may follow, and are missing only when a connection needs them.</param>
    public TranslatedResource<Listener> ToListener(DiscoveredResource resource, IReadOnlyDictionary<string, Cluster> clusters) =>
        Translate(resource, ResourceType.Listener, ListenerProto.Parser, ListenerProto.Descriptor, static listener => listener.Name, (listener, scope) =>
            new ListenerTranslator(scope, clusters, requiresClusters: false).Translate(listener, ""));

    public TranslatedResource<Secret> ToSecret(DiscoveredResource resource) =>
        Translate(resource, ResourceType.Secret, SecretProto.Parser, SecretProto.Descriptor, static secret => secret.Name, (secret, scope) =>
            new SecretTranslator(scope).Translate(secret, secretOrigin, ""));

    /// <summary>Kept as it came: nothing reads routes yet, but what is no message is refused now and not when something does.</summary>
    public TranslatedResource<RouteConfiguration> ToRoute(DiscoveredResource resource) =>
        Translate(resource, ResourceType.Route, RouteConfiguration.Parser, descriptor: null, static route => route.Name, static (route, _) => route);

    private TranslatedResource<T> Translate<TMessage, T>(
        DiscoveredResource resource,
        ResourceType type,
        MessageParser<TMessage> parser,
        MessageDescriptor? descriptor,
        Func<TMessage, string> nameOf,
        Func<TMessage, TranslationScope, T?> translate)
        where TMessage : IMessage<TMessage>
        where T : class
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        var notes = new TranslationNotes(_shared, provided);
        var scope = new TranslationScope(new SourceLines(TypeUrls.Describe(type, resource.Name)), problems, notes);
        var value = Read(resource, parser, descriptor, nameOf, translate, scope);
        return problems.Count == 0 && value is not null
            ? new TranslatedResource<T>(value, [], notes.Ignored(), notes.Secrets())
            : new TranslatedResource<T>(null, Cut(problems, scope), [], []);
    }

    private static T? Read<TMessage, T>(
        DiscoveredResource resource,
        MessageParser<TMessage> parser,
        MessageDescriptor? descriptor,
        Func<TMessage, string> nameOf,
        Func<TMessage, TranslationScope, T?> translate,
        TranslationScope scope)
        where TMessage : IMessage<TMessage>
        where T : class
    {
        if (descriptor is not null && !new MessageCheck(scope).Check(resource.Value.Span, descriptor))
        {
            return null;
        }

        try
        {
            var message = parser.ParseFrom(resource.Value);
            if (nameOf(message) != resource.Name)
            {
                scope.Report("", nameOf(message), "is the name that the message gives itself", "the name that it is sent under");
                return null;
            }

            return translate(message, scope);
        }
        catch (InvalidProtocolBufferException)
        {
            // Well-formed fields: what is left to be wrong is text.
            scope.Report("", null, "has text that is not UTF-8");
            return null;
        }
    }

    private static ImmutableArray<Problem> Cut(ImmutableArray<Problem>.Builder problems, TranslationScope scope)
    {
        var more = problems.Count - MostProblems;
        if (problems.Count == 0)
        {
            scope.Report("", null, "cannot be used");
        }
        else if (more > 0)
        {
            problems.RemoveRange(MostProblems, more);
            scope.Report("", null, $"has {more} more problems");
        }

        return [.. problems.Distinct()];
    }
}
