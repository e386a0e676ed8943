namespace Intercept.Capture.Planning;

public enum RuleFamily
{
    Both,
    IPv4,
    IPv6,
}
