using System.Text;
using Intercept.Capture.Iptables;
using Intercept.Capture.Nftables;
using Intercept.Capture.Planning;
using Intercept.Tests.Cases;

namespace Intercept.Tests.Unit.Capture;

/// <summary>The text of every backend for every case. UPDATE_GOLDEN=1 writes what it is now; the diff is for a person to read.</summary>
public sealed class GoldenTests
{
    private static readonly string _folder = Path.Combine(Repository.Root, "tests/unit/Capture/Golden");

    public static TheoryData<string> Names => new(CaptureCases.All.Select(candidate => candidate.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Text_is_as_written(string name)
    {
        var text = Render(CasePlans.Of(CaptureCases.Named(name)));
        var file = Path.Combine(_folder, $"{name}.golden");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(_folder);
            File.WriteAllText(file, text);
        }

        Assert.True(File.Exists(file), $"{file} is missing: run with UPDATE_GOLDEN=1, and read what it writes");
        Assert.Equal(File.ReadAllText(file), text);
    }

    [Fact]
    public void Every_golden_file_has_its_case() =>
        Assert.Empty(Directory.EnumerateFiles(_folder).Select(file => Path.GetFileNameWithoutExtension(file))
            .Except(CaptureCases.All.Select(candidate => candidate.Name)));

    private static string Render(CapturePlan plan)
    {
        var text = new StringBuilder();
        text.Append("# iptables-restore --noflush\n").Append(IptablesText.Restore(plan, ipv6: false));
        text.Append("# ip6tables-restore --noflush\n").Append(IptablesText.Restore(plan, ipv6: true));
        text.Append("# nft -f -\n").Append(NftablesText.Script(plan));
        text.Append("# routing\n");
        foreach (var route in plan.Routing.MarkRoutes)
        {
            text.Append($"{(route.IPv6 ? "IPv6" : "IPv4")} mark 0x{route.Mark:x} is local by table {route.Table}\n");
        }

        foreach (var address in plan.Routing.LoopbackAddresses)
        {
            text.Append($"{address} on lo\n");
        }

        return text.ToString();
    }
}
