namespace Intercept.Control.Serving.Sessions;

/// <summary>What a request turned out to be.</summary>
internal enum RequestKind
{
    /// <summary>The first of its type, or a change of what is wanted.</summary>
    Subscription,

    Acknowledgement,

    /// <summary>NACK.</summary>
    Rejection,

    /// <summary>It answers something older than the last response, and is dropped.</summary>
    Stale,

    /// <summary>Of a type that is not served, and dropped.</summary>
    UnknownType,

    /// <summary>More than a stream may ask for: the stream ends.</summary>
    OverLimit,
}
