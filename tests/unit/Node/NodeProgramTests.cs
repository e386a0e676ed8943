using Intercept.Node.CommandLine;
using Intercept.Node.Installation;

namespace Intercept.Tests.Unit.Node;

public sealed class NodeProgramTests
{
    [Fact]
    public async Task Every_problem_of_the_flags_is_told_at_once_with_exit_64()
    {
        var run = await HostScene.RunAsync(
            "install", "--platform", "mars", "--cni-bin-dir", "opt", "--wait", "soon", "--plgin", "x", "--cni-conf-file", "a/b", "--pods", "web", "--", "-p", "x");

        Assert.Equal((64, ""), (run.ExitCode, run.Output));
        foreach (var part in new[]
        {
            "--platform 'mars' is not a choice; allowed: kubernetes|k3s|", "--cni-bin-dir 'opt' is not an absolute path", "--wait 'soon' is not a duration",
            "--plgin is not a flag of this command; did you mean --plugin?", "--cni-conf-file 'a/b' is not a list of files", "-p 'x' is not a port",
        })
        {
            Assert.Contains(part, run.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("help")]
    public async Task Help_names_every_command_flag_and_platform(string argument)
    {
        var text = (await HostScene.RunAsync(argument)).Output;

        Assert.All(NodeCommands.All, command => Assert.Contains($"  {command.Name} ", text, StringComparison.Ordinal));
        Assert.All(NodeCommands.WithFlags.SelectMany(command => NodeOptions.For(command)), option => Assert.Contains($"  --{option.Name}", text, StringComparison.Ordinal));
        Assert.All(PlatformPreset.All, preset => Assert.Contains($"  {preset.Name} ", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Help_of_a_command_is_about_it_alone()
    {
        var text = (await HostScene.RunAsync("uninstall", "--help")).Output;

        Assert.StartsWith("intercept-node uninstall: ", text, StringComparison.Ordinal);
        Assert.Contains("--keep-plugin", text, StringComparison.Ordinal);
        Assert.DoesNotContain("--wait DURATION", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_command_is_answered_with_those_there_are()
    {
        var run = await HostScene.RunAsync("instal");

        Assert.Equal(64, run.ExitCode);
        Assert.Contains("'instal' is not a command; allowed: install, ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completion_knows_commands_flags_and_choices()
    {
        var run = await HostScene.RunAsync("completion", "bash");

        Assert.Contains("uninstall) words=\"--platform", run.Output, StringComparison.Ordinal);
        Assert.Contains("--platform) words=\"kubernetes k3s", run.Output, StringComparison.Ordinal);
        Assert.Equal(64, (await HostScene.RunAsync("completion", "csh")).ExitCode);
    }
}
