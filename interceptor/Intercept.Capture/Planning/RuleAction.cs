namespace Intercept.Capture.Planning;

/// <param name="Verb">What happens.</param>
/// <param name="Chain">The target of a jump or goto.</param>
/// <param name="Port">The port that Redirect and Tproxy deliver to.</param>
/// <param name="Number">The mark of Tproxy and SetMark, the zone of ConntrackZone.</param>
public readonly record struct RuleAction(RuleVerb Verb, RuleChain Chain = default, ushort Port = 0, uint Number = 0)
{
    public static RuleAction Return => new(RuleVerb.Return);

    public static RuleAction Accept => new(RuleVerb.Accept);

    public static RuleAction Drop => new(RuleVerb.Drop);

    public static RuleAction Refuse => new(RuleVerb.Refuse);

    public static RuleAction SaveMark => new(RuleVerb.SaveMark);

    public static RuleAction RestoreMark => new(RuleVerb.RestoreMark);

    public static RuleAction Jump(RuleChain chain) => new(RuleVerb.Jump, chain);

    public static RuleAction Goto(RuleChain chain) => new(RuleVerb.Goto, chain);

    public static RuleAction Redirect(ushort port) => new(RuleVerb.Redirect, Port: port);

    public static RuleAction Tproxy(ushort port, uint mark) => new(RuleVerb.Tproxy, Port: port, Number: mark);

    public static RuleAction SetMark(uint mark) => new(RuleVerb.SetMark, Number: mark);

    public static RuleAction ConntrackZone(uint zone) => new(RuleVerb.ConntrackZone, Number: zone);
}
