using System.Collections.Immutable;
using System.Text;
using Intercept.Core.Problems;
using Intercept.Mesh.Tls;
using Intercept.Xds.Discovery;
using Intercept.Xds.Resources;

namespace Intercept.Xds.Certificates;

/// <summary>
/// Takes the two secrets of a discovery service. They come one at a time, so a certificate is not held against the roots
/// that are there already: those it needs may be the next to come, and a refused one would not be sent again.
/// </summary>
internal sealed class SdsReceiver(SdsOptions options, SecretPublication publication, ProviderJournal journal, TimeProvider time) : IResourceReceiver
{
    private readonly ResourceTranslator _translator = new(SdsProvider.Origin, []);
    private readonly Subscription _wanted = Subscription.To([options.CertificateName, options.TrustName]);
    private ImmutableDictionary<string, string> _versions = ImmutableDictionary<string, string>.Empty;

    public ImmutableArray<Problem> Receive(ResourceBatch batch)
    {
        var problems = ImmutableArray.CreateBuilder<Problem>();
        foreach (var resource in batch.Updated)
        {
            var before = problems.Count;
            Take(resource, problems);
            if (problems.Count == before)
            {
                _versions = _versions.SetItem(resource.Name, resource.Version);
            }
        }

        foreach (var name in batch.Removed.Where(_versions.ContainsKey))
        {
            Remove(name);
        }

        return problems.ToImmutable();
    }

    public Subscription Wanted(ResourceType type) => type == ResourceType.Secret ? _wanted : Subscription.None;

    public IReadOnlyDictionary<string, string> Versions(ResourceType type) =>
        type == ResourceType.Secret ? _versions : ImmutableDictionary<string, string>.Empty;

    public void Absent(ResourceType type, string name)
    {
        if (!_versions.ContainsKey(name))
        {
            journal.Failed(new CertificateProblem(CertificateFailure.TimedOut, $"the secret '{name}' does not exist or does not come"), null);
        }
    }

    public void Connected(string? controlPlane)
    {
    }

    public void Disconnected(string why) => journal.Failed(new CertificateProblem(CertificateFailure.Unreachable, why), null);

    private void Take(DiscoveredResource resource, ImmutableArray<Problem>.Builder problems)
    {
        var translated = _translator.ToSecret(resource);
        if (!translated.IsAccepted)
        {
            problems.AddRange(translated.Problems);
            journal.Failed(new CertificateProblem(CertificateFailure.Malformed, $"{translated.Problems[0]}"), null);
            return;
        }

        var problem = resource.Name == options.CertificateName ? TakeCertificate(translated.Value) : TakeTrust(translated.Value);
        if (problem is { } refused)
        {
            problems.Add(new Problem(TypeUrls.Describe(ResourceType.Secret, resource.Name), 0, "(secret)", null, $"cannot be used: {refused.Text}", null));
            journal.Failed(refused, null);
        }
    }

    private CertificateProblem? TakeCertificate(Secret secret)
    {
        var pem = new char[secret.PrivateKey.Length];
        Encoding.ASCII.GetChars(secret.PrivateKey.Span, pem);
        using var key = WorkloadKey.TryReadPem(pem);
        Array.Clear(pem);
        if (key is null || PemText.TryReadPem(Encoding.ASCII.GetString(secret.CertificateChain.Span)) is not { } chain)
        {
            return new CertificateProblem(CertificateFailure.Malformed, $"'{secret.Name}' is not a certificate with its key");
        }

        if (SvidCheck.Check(chain, roots: null, key, expected: null, time.GetUtcNow(), out var problem) is not { } certificate)
        {
            return problem;
        }

        publication.Publish(null, certificate, time.GetUtcNow());
        journal.Renewed(certificate, null);
        return null;
    }

    private CertificateProblem? TakeTrust(Secret secret)
    {
        if (!secret.TrustBundles.TryGetValue(Secret.OwnTrustDomain, out var bundle)
            || PemText.TryReadPem(Encoding.ASCII.GetString(bundle.Span)) is not { Count: > 0 } roots)
        {
            return new CertificateProblem(CertificateFailure.Malformed, $"'{secret.Name}' has no roots");
        }

        publication.Publish([new(Secret.OwnTrustDomain, roots)], null, time.GetUtcNow());
        journal.TrustChanged();
        return null;
    }

    private void Remove(string name)
    {
        _versions = _versions.Remove(name);
        if (name == options.CertificateName)
        {
            publication.WithdrawCertificate();
            journal.Withdrawn(Secret.DefaultName);
        }
        else
        {
            publication.WithdrawTrust(time.GetUtcNow());
            journal.Withdrawn(Secret.RootsName);
        }
    }
}
