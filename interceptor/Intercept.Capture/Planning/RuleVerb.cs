namespace Intercept.Capture.Planning;

public enum RuleVerb
{
    /// <summary>Leave the packet alone: back to the chain that jumped here, or on to other people's rules.</summary>
    Return,
    Accept,
    Drop,

    /// <summary>Drop, and answer that nobody listens there: what sent it sees the error at once.</summary>
    Refuse,
    Jump,

    /// <summary>As a jump, but a return from there is a return from here.</summary>
    Goto,
    Redirect,
    Tproxy,
    SetMark,
    SaveMark,
    RestoreMark,
    ConntrackZone,
}
