using System.Globalization;
using System.Text;
using Intercept.Xds;

namespace Intercept.Tests.Unit.Xds;

/// <summary>Bootstraps that a slip of the hand made: whatever they are, the answer is a snapshot or problems, never an exception.</summary>
public sealed class BootstrapFuzzTests
{
    private static readonly string[] _sources = ["complete.yaml", "server-sidecar.yaml", "permissive.yaml", "disable.json"];

    // What means something to YAML, JSON, numbers, paths or addresses.
    private static readonly string[] _fragments =
    [
        "{", "}", "[", "]", ":", ": ", "- ", "\n", "\t", " ", "  ", "\"", "'", ",", "#", "&a ", "*a", "!", "!!str ", "|", ">", "%", "@", "`", "? ", "---\n", "...\n",
        "~", "null", "true", "0", "-1", "65536", "4294967296", "1e400", "s", "\\", "\\u0000", "\\ud800", "\u0000", "\ufeff", "\ufffe", "\u2028", "\ud83d", "é", "\r", "<<: ", "*", "/",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_damaged_bootstrap_is_read_or_refused_and_never_throws(int seed)
    {
        var random = new Random(seed);
        var name = _sources[seed % _sources.Length];
        var (source, lines) = (Bootstraps.Text(name), Bootstraps.Text(name).Count(c => c == '\n'));
        var (refused, rounds) = (0, int.Parse(Environment.GetEnvironmentVariable("FUZZ_ROUNDS") ?? "300", CultureInfo.InvariantCulture));
        for (var round = 0; round < rounds; round++)
        {
            var text = Damage(source, random);
            try
            {
                var result = BootstrapReader.Read(name, text);
                Assert.NotEqual(result.Snapshot is null, result.Problems.IsEmpty);
                refused += result.Problems.IsEmpty ? 0 : 1;
                Assert.All(result.Problems, problem => Assert.InRange(problem.Line, 1, text.Count(c => c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029') + 2));
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}, round {round}: {exception}\n{text}");
            }
        }

        // Damage that hurts nothing would prove nothing.
        Assert.InRange(refused, rounds / 2, rounds);
    }

    private static string Damage(string source, Random random)
    {
        var text = new StringBuilder(source);
        for (var hits = random.Next(1, 4); hits > 0; hits--)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(1, 40), text.Length - at);
            switch (random.Next(5))
            {
                case 0:
                    text.Remove(at, Math.Min(length, text.Length - 1));
                    break;
                case 1:
                    text.Insert(at, text.ToString(at, length));
                    break;
                case 2:
                    text[at] = (char)random.Next(128);
                    break;
                case 3:
                    text.Length = at + 1;
                    break;
                default:
                    text.Insert(at, _fragments[random.Next(_fragments.Length)]);
                    break;
            }
        }

        return text.ToString();
    }
}
