using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Intercept.Control.Authority;

/// <summary>Root and intermediate of our own, made at the first start and kept in the state folder, whose lock it needs.</summary>
internal sealed class OwnAuthority : IAuthoritySource
{
    public const string StateName = "authority.json";
    public const string RotationRequestName = "rotate";

    private readonly Lock _changing = new();
    private readonly StateFolder _folder;
    private readonly Rotation _rotation;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private AuthorityState _state;
    private volatile AuthoritySnapshot _current;

    private OwnAuthority(StateFolder folder, Rotation rotation, AuthorityState state, TimeProvider time, ILogger log)
    {
        _folder = folder;
        _rotation = rotation;
        _time = time;
        _log = log;
        _state = state;
        _current = SnapshotOf(state, null);
    }

    public AuthoritySnapshot Current => _current;

    /// <param name="folder">Stays the caller's, and open as long as this is used.</param>
    public static OwnAuthority Open(StateFolder folder, AuthorityOptions options, TimeProvider time, ILogger log)
    {
        var rotation = new Rotation(options);
        if (folder.Read(StateName) is { } json)
        {
            var path = Path.Combine(folder.Path, StateName);
            var read = AuthorityState.Read(json, path);
            RefuseForeign(read, options, path);

            // What is due must be done before anything can sign: the state on disk may be years old.
            var due = rotation.Advance(read, time.GetUtcNow(), isAsked: false);
            if (!ReferenceEquals(due, read))
            {
                folder.Write(StateName, due.ToJson());
            }

            return new OwnAuthority(folder, rotation, due, time, log);
        }

        var first = rotation.First(time.GetUtcNow());
        folder.Write(StateName, first.ToJson());
        AuthorityLog.Made(log, folder.Path);
        return new OwnAuthority(folder, rotation, first, time, log);
    }

    public AuthoritySnapshot IssuerUntil(DateTimeOffset notAfter)
    {
        var current = _current;
        if (notAfter <= current.IssuedUntil)
        {
            return current;
        }

        lock (_changing)
        {
            if (notAfter <= _current.IssuedUntil)
            {
                return _current;
            }

            // With room to spare, so that a certificate in four, not each one, waits for the disk.
            var room = (notAfter - _time.GetUtcNow()) / 4;
            Change(_state with { Active = _state.Active with { IssuedUntil = notAfter + room } });
            return _current;
        }
    }

    public void Check()
    {
        lock (_changing)
        {
            // Removed only when the new root is on disk: a crash between the two asks for the root that is already there.
            var isAsked = _folder.Exists(RotationRequestName);
            var before = _state;
            var after = _rotation.Advance(before, _time.GetUtcNow(), isAsked);
            if (!ReferenceEquals(before, after))
            {
                Change(after);
                Tell(before, after);
            }

            if (isAsked)
            {
                _folder.Remove(RotationRequestName);
            }
        }
    }

    private static void RefuseForeign(AuthorityState state, AuthorityOptions options, string path)
    {
        using var root = state.Active.ReadCertificate();
        if (!root.Extensions.Any(extension => extension.RawData.AsSpan().SequenceEqual(AlternativeNames.OfAuthority(options.TrustDomain).RawData)))
        {
            throw new AuthorityException($"{path} is the authority of another trust domain than {options.TrustDomain}: "
                + "give each trust domain a state folder of its own");
        }
    }

    private void Change(AuthorityState state)
    {
        _folder.Write(StateName, state.ToJson());
        _state = state;
        var before = _current.Anchors;

        // The replaced issuer is not disposed: somebody may be signing with it.
        _current = SnapshotOf(state, _current);
        if (!ReferenceEquals(before, _current.Anchors))
        {
            before.Supersede();
        }
    }

    private void Tell(AuthorityState before, AuthorityState after)
    {
        if (before.Active.Certificate != after.Active.Certificate)
        {
            AuthorityLog.Switched(_log, after.Active.ReadValidity().NotAfter);
        }

        if (after.Next is not null && before.Next is null)
        {
            AuthorityLog.Announced(_log, after.NextSignsFrom);
        }

        if (after.Retired.Length < before.Retired.Length)
        {
            AuthorityLog.Dropped(_log, before.Retired.Length - after.Retired.Length);
        }
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "They live as long as somebody holds the snapshot.")]
    private static AuthoritySnapshot SnapshotOf(AuthorityState state, AuthoritySnapshot? before)
    {
        RootRecord[] roots = [state.Active, .. state.Next is { } next ? [next] : Array.Empty<RootRecord>(), .. state.Retired];
        var intermediates = roots.SelectMany(root => root.Intermediate is { } current ? root.PastIntermediates.Add(current) : root.PastIntermediates);
        var anchors = TrustAnchors.Following(
            before?.Anchors,
            roots.Select(root => root.ReadCertificate()),
            intermediates.Select(pem => X509Certificate2.CreateFromPem(pem)));
        var certificate = X509Certificate2.CreateFromPem(state.Active.Intermediate);
        var issuer = before?.Issuer is { } same && same.Certificate.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span)
            ? same
            : new Issuer(certificate, SigningKey.Read(state.Active.IntermediateKey, StateName));
        return new AuthoritySnapshot(issuer, [issuer.Certificate], anchors, state.Active.IssuedUntil);
    }
}
