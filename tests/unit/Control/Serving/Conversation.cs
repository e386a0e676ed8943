using Intercept.Control.Generation;
using Intercept.Control.Serving.Sessions;
using Intercept.Xds.Discovery;

namespace Intercept.Tests.Unit.Control.Serving;

/// <summary>
/// A conversation with a session, as lines of text. "world cds a=1" is what exists from now on; "> cds ..." is the proxy speaking,
/// "&lt; cds a=1 -b" the one response that must come next, "&lt; nothing" that none does. "> cds ack", "> cds nack WHY" and
/// "> cds stale" answer the newest response of a type; "! KIND" is what the last request was taken for.
/// </summary>
internal abstract class Conversation
{
    private readonly Dictionary<ResourceType, string> _nonces = [];
    private ProxyResources _world = Worlds.Parse("");
    private ReceivedRequest _last;

    public void Run(string script)
    {
        foreach (var line in script.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            switch (words[0])
            {
                case "world":
                    _world = Worlds.Parse(line["world".Length..]);
                    break;
                case ">":
                    Say(Worlds.TypeOf(words[1]), words[2..]);
                    break;
                case "!":
                    Assert.Equal(words[1], $"{_last.Kind}");
                    break;
                case "<":
                    Expect(string.Join(' ', words[1..]), line);
                    break;
                default:
                    Assert.Fail($"'{line}' says nothing");
                    break;
            }
        }
    }

    protected abstract ReceivedRequest Request(ResourceType type, string nonce, string? reason, string[] words);

    protected abstract (ResourceType Type, string Nonce, string Text)? Next(ProxyResources world);

    private void Say(ResourceType type, string[] words)
    {
        var nonce = _nonces.GetValueOrDefault(type, "");
        _last = words switch
        {
            ["ack", .. var rest] => Request(type, nonce, null, rest),
            ["nack", var why, .. var rest] => Request(type, nonce, why, rest),
            ["stale", .. var rest] => Request(type, "0", null, rest),
            _ => Request(type, "", null, words),
        };
    }

    private void Expect(string expected, string line)
    {
        var next = Next(_world);
        if (next is { } response)
        {
            _nonces[response.Type] = response.Nonce;
        }

        Assert.Equal((line, expected), (line, next is null ? "nothing" : $"{Worlds.WordOf(next.Value.Type)} {next.Value.Text}".TrimEnd()));
    }
}
