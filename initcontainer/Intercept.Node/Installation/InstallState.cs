namespace Intercept.Node.Installation;

internal enum InstallState
{
    /// <summary>Everything is in its place.</summary>
    Installed,

    /// <summary>There is no network yet to stand behind.</summary>
    Waiting,

    /// <summary>It could be done and should not be, until a person says so.</summary>
    Refused,
}
