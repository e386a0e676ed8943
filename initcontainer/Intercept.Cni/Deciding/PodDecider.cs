using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Intercept.Capture.Agent;
using Intercept.Capture.Configuration;
using Intercept.Capture.Pods;
using Intercept.Cni.Configuration;
using Intercept.Cni.Protocol;

namespace Intercept.Cni.Deciding;

/// <summary>
/// Whether a pod is captured, and how: what the conflist excludes, then the node agent, which holds labels and annotations, else the
/// conflist's own selectors. Nobody asks an API server. What cannot be decided is refused: such a pod does not start.
/// </summary>
internal sealed class PodDecider(PluginSettings settings, Action<string> progress, TimeProvider time)
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    /// <param name="limit">Ends when time is up.</param>
    public async Task<PodDecision> DecideAsync(CniEnvironment environment, CancellationToken limit)
    {
        var pod = environment.Pod;
        if (settings.ExcludedNamespaces.Contains(pod.Namespace))
        {
            return PodDecision.Leave($"its namespace {pod.Namespace} is excluded");
        }

        // Nobody can hold labels of what is no pod.
        if (settings.AgentSocket is { } socket && pod.Name.Length > 0)
        {
            return await AskAsync(new AgentClient(socket), environment, limit);
        }

        if (settings.AgentSocket is null && settings.Selectors.IsEmpty)
        {
            throw new CniException(
                CniErrorCode.BadConfiguration, $"{NetworkConfiguration.Source}: nothing says which pods are captured",
                "allowed: agent_socket, the node agent's, or selectors {\"pods\":[..],\"namespaces\":[..],\"all\":true}");
        }

        return Select(pod.Name.Length > 0 ? pod : pod with { Name = environment.ContainerId });
    }

    private PodDecision Select(PodIdentity pod)
    {
        if (!settings.Selectors.Select(pod))
        {
            return PodDecision.Leave(settings.Selectors.IsEmpty ? "the runtime names no pod" : "no selector of the network configuration names it");
        }

        var selection = new SelectionSettings
        {
            CapturesUnlabelled = true,
            ExcludedNamespaces = settings.ExcludedNamespaces,
            Arguments = settings.Arguments,
        };
        var result = PodSelection.Decide(new PodMetadata(pod), selection);
        return result.Decision is { } decision
            ? decision with { Reason = "a selector of the network configuration names it" }
            : throw new CniException(CniErrorCode.BadConfiguration, $"pod {pod}: {result.Problems[0]}", result.Problems.Select(problem => problem.ToString()));
    }

    private async Task<PodDecision> AskAsync(AgentClient agent, CniEnvironment environment, CancellationToken limit)
    {
        var pod = environment.Pod;
        var question = new DecideQuestion(pod.Namespace, pod.Name, pod.Uid, environment.ContainerId);
        var waiting = $"the node agent at {agent.Socket} gave no answer";
        var told = "";
        try
        {
            while (true)
            {
                try
                {
                    var reply = await agent.DecideAsync(question, limit);
                    if (reply.Status != 404)
                    {
                        return Read(reply, pod, agent);
                    }

                    waiting = $"the node agent at {agent.Socket} does not know the pod {pod}";
                }
                catch (IOException failure)
                {
                    // One that is being replaced is soon back.
                    waiting = $"the node agent at {agent.Socket} cannot be asked: {failure.Message}";
                }

                if (waiting != told)
                {
                    progress($"waiting: {waiting}");
                    told = waiting;
                }

                await Task.Delay(_interval, time, limit);
            }
        }
        catch (OperationCanceledException)
        {
            throw new CniException(
                CniErrorCode.TryAgainLater,
                $"pod {pod}: {waiting}; waited {settings.Timeout.TotalSeconds:0.#}s (timeout_seconds). It is not started: it might send in the clear what is to be captured",
                "What to do: see that intercept-node runs on this node (curl --unix-socket "
                + $"{agent.Socket} http://node/status); the runtime tries again. A namespace that must never wait belongs to exclude_namespaces.");
        }
    }

    private static PodDecision Read(AgentReply reply, PodIdentity pod, AgentClient agent)
    {
        try
        {
            switch (reply.Status)
            {
                case 200 when JsonSerializer.Deserialize(reply.Body, AgentJson.Default.DecideAnswer) is { } answer:
                    return answer.Captured
                        ? new PodDecision(IsCaptured: true, answer.Reason ?? "", Complete(answer, pod))
                        : PodDecision.Leave(answer.Reason ?? "the node agent says so");
                case 422 when JsonSerializer.Deserialize(reply.Body, AgentJson.Default.DecideRefusal) is { Problems.IsDefault: false } refusal:
                    throw new CniException(
                        CniErrorCode.BadConfiguration, $"pod {pod} cannot be captured as it asks: {refusal.Problems.FirstOrDefault() ?? "no reason was given"}", refusal.Problems);
            }
        }
        catch (JsonException failure)
        {
            throw new CniException(CniErrorCode.TryAgainLater, $"pod {pod}: the node agent at {agent.Socket} answered what is not JSON of its kind", failure.Message);
        }

        throw new CniException(
            CniErrorCode.TryAgainLater, $"pod {pod}: the node agent at {agent.Socket} answered {reply.Status}", Encoding.UTF8.GetString(reply.Body));
    }

    private static ImmutableArray<string> Complete(DecideAnswer answer, PodIdentity pod)
    {
        var parsed = CaptureCommandLine.Parse(answer.Arguments.IsDefault ? [] : answer.Arguments, ImmutableDictionary<string, string>.Empty);
        if (PluginSettingsReader.Withheld(parsed).FirstOrDefault() is { } name)
        {
            throw new CniException(CniErrorCode.BadConfiguration, $"pod {pod}: the node agent answered --{name}, which is for the plugin to say");
        }

        foreach (var (option, value) in new[] { ("cgroup", answer.Cgroup), ("backend", answer.Backend) })
        {
            if (!string.IsNullOrEmpty(value))
            {
                parsed = parsed with { Given = parsed.Given.SetItem(option, new OptionValue(value, "node agent", option)) };
            }
        }

        return NodeView.Complete(parsed).ToArguments();
    }
}
