namespace Intercept.Control.Kubernetes;

internal enum WatchEnd
{
    /// <summary>The server has had enough: go on from the last version.</summary>
    Closed,

    /// <summary>The server no longer knows the version (410 Gone): list again.</summary>
    Expired,
}
