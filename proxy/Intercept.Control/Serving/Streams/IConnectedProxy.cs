using System.Collections.Immutable;
using Intercept.Control.Generation;
using Intercept.Control.Serving.Sessions;

namespace Intercept.Control.Serving.Streams;

/// <summary>One stream, as status and shutdown see it. Any thread.</summary>
internal interface IConnectedProxy
{
    ProxyNode Node { get; }

    /// <summary>Who it showed to be, and by what.</summary>
    string Caller { get; }

    /// <summary>"delta" or "sotw".</summary>
    string Protocol { get; }

    DateTimeOffset Since { get; }

    /// <summary>The newest generation of which it has taken everything; 0 before the first.</summary>
    long Generation { get; }

    ImmutableArray<TypeStatus> Types { get; }

    /// <summary>There may be something to send.</summary>
    void Wake();

    /// <summary>Ends the stream so that the proxy comes back, here or elsewhere.</summary>
    void End(string why);
}
