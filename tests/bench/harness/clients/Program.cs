using System.Globalization;
using Intercept.Tests.Bench;

// Clients of a control plane for tests/bench/compare: what they say is on standard output, a line each, and they go on when they
// are given a line.
return args switch
{
    ["proxies", var address, var count] => await ManyProxies.RunAsync(address, int.Parse(count, CultureInfo.InvariantCulture)),
    ["certificates", var address, var roots, var token, "kept", var count] =>
        await Certificates.RunAsync(address, roots, token, isKept: true, int.Parse(count, CultureInfo.InvariantCulture)),
    ["certificates", var address, var roots, var token, "new", var count] =>
        await Certificates.RunAsync(address, roots, token, isKept: false, int.Parse(count, CultureInfo.InvariantCulture)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: intercept-bench proxies ADDRESS:PORT COUNT | certificates ADDRESS:PORT ROOTS TOKEN kept|new COUNT");
    return 64;
}
