using Intercept.Capture.Pods;
using Intercept.Cni.Configuration;
using Intercept.Cni.Protocol;

namespace Intercept.Tests.Unit.Cni;

public sealed class PodSelectorsTests
{
    [Theory]
    [InlineData("web-*", "", true)]
    [InlineData("*-1", "", true)]
    [InlineData("web", "", false)]
    [InlineData("", "shop", true)]
    [InlineData("web-?", "sh*", true)]
    [InlineData("web-1", "bank", false)]
    [InlineData("db", "shop", false)]
    [InlineData("", "", false)]
    public void Both_lists_must_hold_the_pod_where_both_are_given(string pod, string space, bool selected)
    {
        var selectors = new PodSelectors(All: false, pod.Length == 0 ? [] : [pod], space.Length == 0 ? [] : [space]);

        Assert.Equal(selected, selectors.Select(new PodIdentity("shop", "web-1", "")));
    }

    [Fact]
    public void All_is_all() => Assert.True(new PodSelectors(All: true, ["nothing"], []).Select(new PodIdentity("", "c0ffee", "")));

    [Theory]
    [InlineData("IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web;K8S_POD_INFRA_CONTAINER_ID=c;K8S_POD_UID=7f3a", "shop/web", "7f3a")]
    [InlineData("IgnoreUnknown=1;K8S_POD_NAME=web", "web", "")]
    [InlineData("", "", "")]
    [InlineData(";;=x;K8S_POD_NAME", "", "")]
    public void The_runtime_s_arguments_name_the_pod(string arguments, string name, string uid)
    {
        var pod = CniArguments.Pod(arguments);

        Assert.Equal((name, uid), (pod.ToString(), pod.Uid));
    }
}
