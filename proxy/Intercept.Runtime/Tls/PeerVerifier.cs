using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Intercept.Core.Identity;
using Intercept.Linux.OpenSsl;

namespace Intercept.Runtime.Tls;

/// <summary>
/// Verifies peers inside the handshake: key size, chain, then exactly one URI SAN that is a SPIFFE ID and that the
/// caller's rule accepts. A leaf that was found good is remembered by its hash, so that a known peer costs neither a
/// chain nor a signature check on it. The memory ends with the context, and so with its trust bundle and rules; that the
/// peer holds the key is proven by every handshake anew.
/// </summary>
internal sealed class PeerVerifier(Func<SpiffeId, PeerVerdict> rule, TimeProvider time) : PeerCheck
{
    // More identities than one workload talks to; beyond it the memory starts over rather than growing.
    private const int MaximumKnownPeers = 4096;

    // The check runs inside SSL_do_handshake: its outcome belongs to the call that this thread is in.
    [ThreadStatic]
    private static PeerVerification _latest;

    private readonly ConcurrentDictionary<CertificateHash, VerifiedPeer> _known = new();
    private int _knownCount;

    /// <summary>Chains that were built, for statistics and tests.</summary>
    internal int ChainsBuilt { get; private set; }

    /// <summary>The outcome of the check that the last handshake call on this thread made, if it made one.</summary>
    internal static PeerVerification TakeLatest()
    {
        var latest = _latest;
        _latest = default;
        return latest;
    }

    /// <summary>
    /// The peer of a resumed session. The session is this context's own, so its chain was good when it was made; whether
    /// the certificate still holds, and whose it is, is looked at again.
    /// </summary>
    internal PeerVerification Recall(Certificate leaf)
    {
        var hash = leaf.Hash();
        if (TryRecall(hash, out var known))
        {
            return PeerVerification.Accepted(known);
        }

        if (leaf.UntilExpiry <= TimeSpan.Zero)
        {
            return PeerVerification.Refused(PeerVerdict.Expired, "since its session was made");
        }

        var (verdict, detail, identity) = Identify(leaf);
        if (identity is null || verdict != PeerVerdict.Accepted)
        {
            return PeerVerification.Refused(verdict, detail);
        }

        var peer = new VerifiedPeer(identity, hash, time.GetUtcNow() + leaf.UntilExpiry);
        Remember(peer);
        return PeerVerification.Accepted(peer);
    }

    protected override int Check(PresentedChain chain)
    {
        var leaf = chain.Leaf;
        var hash = leaf.Hash();
        if (TryRecall(hash, out var known))
        {
            _latest = PeerVerification.Accepted(known);
            return ChainError.None;
        }

        if (!leaf.HasStrongKey)
        {
            return Refuse(ChainError.LeafKeyTooSmall, PeerVerdict.KeyTooSmall, "RSA below 2048 bits, a curve below 256, or an unusual kind of key");
        }

        ChainsBuilt++;
        var error = chain.VerifyChain();
        if (error != ChainError.None)
        {
            return Refuse(error, VerdictOf(error), ChainError.Describe(error));
        }

        var (verdict, detail, identity) = Identify(leaf);
        if (identity is null || verdict != PeerVerdict.Accepted)
        {
            return Refuse(ChainError.RefusedByApplication, verdict, detail);
        }

        var peer = new VerifiedPeer(identity, hash, time.GetUtcNow() + chain.UntilChainExpiry);
        Remember(peer);
        _latest = PeerVerification.Accepted(peer);
        return ChainError.None;
    }

    protected override void Escaped(Exception exception) =>
        _latest = PeerVerification.Refused(PeerVerdict.InternalError, exception.ToString());

    private static int Refuse(int error, PeerVerdict verdict, string detail)
    {
        _latest = PeerVerification.Refused(verdict, detail);
        return error;
    }

    private static PeerVerdict VerdictOf(int error) => error switch
    {
        ChainError.Expired => PeerVerdict.Expired,
        ChainError.NotYetValid => PeerVerdict.NotYetValid,
        ChainError.LeafKeyTooSmall => PeerVerdict.KeyTooSmall,
        _ => PeerVerdict.ChainInvalid,
    };

    private (PeerVerdict Verdict, string Detail, SpiffeId? Identity) Identify(Certificate leaf)
    {
        if (leaf.MaySign)
        {
            return (PeerVerdict.SigningCertificate, "an authority's certificate shown as an identity", null);
        }

        var names = leaf.UriNames();
        if (names.Length == 0)
        {
            return (PeerVerdict.NoUriSan, "", null);
        }

        // X509-SVID 2: a certificate with more than one URI SAN is no SVID.
        if (names.Length > 1)
        {
            return (PeerVerdict.SeveralUriSans, string.Join(", ", names), null);
        }

        return SpiffeId.TryParse(names[0], out var identity)
            ? (rule(identity), identity.Text, identity)
            : (PeerVerdict.MalformedSpiffeId, names[0], null);
    }

    private bool TryRecall(CertificateHash hash, [NotNullWhen(true)] out VerifiedPeer? peer)
    {
        if (!_known.TryGetValue(hash, out peer))
        {
            return false;
        }

        if (peer.ValidUntil > time.GetUtcNow())
        {
            return true;
        }

        if (_known.TryRemove(hash, out _))
        {
            Interlocked.Decrement(ref _knownCount);
        }

        peer = null;
        return false;
    }

    private void Remember(VerifiedPeer peer)
    {
        if (Volatile.Read(ref _knownCount) >= MaximumKnownPeers)
        {
            _known.Clear();
            Volatile.Write(ref _knownCount, 0);
        }

        if (_known.TryAdd(peer.Certificate, peer))
        {
            Interlocked.Increment(ref _knownCount);
        }
    }
}
