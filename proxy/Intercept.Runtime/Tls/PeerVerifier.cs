using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Intercept.Core.Identity;
using Intercept.Linux.OpenSsl;

namespace Intercept.Runtime.Tls;

/// <summary>
/// Verifies peers inside the handshake: key size, chain, then exactly one URI SAN that is a SPIFFE ID and that the
/// connection's rule accepts. A leaf that was found good is remembered by its hash, so that a known peer costs neither a
/// chain nor a signature check on it; the rule is asked all the same. The memory ends with the context, and so with its
/// trust bundles; that the peer holds the key is proven by every handshake anew.
/// </summary>
internal sealed class PeerVerifier(PeerTrust trust, SpiffeId? own, PeerRule ruleOfContext, TimeProvider time) : PeerCheck
{
    // More identities than one workload talks to; beyond it the memory starts over rather than growing.
    private const int MaximumKnownPeers = 4096;

    // The check runs inside SSL_do_handshake: its outcome belongs to the call that this thread is in.
    [ThreadStatic]
    private static PeerVerification _latest;

    // In the same way: what the connection of that call brings along.
    [ThreadStatic]
    private static PeerRule? _ruleOfConnection;

    private readonly ConcurrentDictionary<CertificateHash, VerifiedPeer> _known = new();
    private int _knownCount;

    /// <summary>Chains that were built, for statistics and tests.</summary>
    internal int ChainsBuilt { get; private set; }

    /// <summary>Before a handshake call on this thread.</summary>
    /// <param name="ruleOfConnection">Asked instead of the context's; null leaves that.</param>
    internal static void Begin(PeerRule? ruleOfConnection) => _ruleOfConnection = ruleOfConnection;

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
    internal PeerVerification Recall(Certificate leaf, PeerRule? ruleOfConnection)
    {
        _ruleOfConnection = ruleOfConnection;
        var hash = leaf.Hash();
        if (TryRecall(hash, out var known))
        {
            return Ask(known);
        }

        if (leaf.UntilExpiry <= TimeSpan.Zero)
        {
            return PeerVerification.Refused(PeerVerdict.Expired, "since its session was made");
        }

        var (verdict, detail, identity) = Identify(leaf);
        return identity is null
            ? PeerVerification.Refused(verdict, detail)
            : AskAndRemember(new VerifiedPeer(identity, hash, time.GetUtcNow() + leaf.UntilExpiry));
    }

    protected override int Check(PresentedChain chain)
    {
        var leaf = chain.Leaf;
        var hash = leaf.Hash();
        if (TryRecall(hash, out var known))
        {
            return Answer(Ask(known));
        }

        if (!leaf.HasStrongKey)
        {
            return Refuse(ChainError.LeafKeyTooSmall, PeerVerdict.KeyTooSmall, "RSA below 2048 bits, a curve below 256, or an unusual kind of key");
        }

        // Who it says it is decides which authority must have said so.
        var (verdict, detail, identity) = Identify(leaf);
        TrustAnchors? anchors = null;
        if (trust.IsByDomain && identity is null)
        {
            return Refuse(ChainError.RefusedByApplication, verdict, detail);
        }

        if (trust.IsByDomain && !trust.TryFind(identity!, out anchors))
        {
            return Refuse(ChainError.RefusedByApplication, PeerVerdict.TrustDomainRefused, $"{identity!.Text}: no trust bundle of its trust domain");
        }

        ChainsBuilt++;
        var error = chain.VerifyChain(anchors);
        if (error != ChainError.None)
        {
            return Refuse(error, VerdictOf(error), ChainError.Describe(error));
        }

        return identity is null
            ? Refuse(ChainError.RefusedByApplication, verdict, detail)
            : Answer(AskAndRemember(new VerifiedPeer(identity, hash, time.GetUtcNow() + chain.UntilChainExpiry)));
    }

    protected override void Escaped(Exception exception) =>
        _latest = PeerVerification.Refused(PeerVerdict.InternalError, exception.ToString());

    private static int Answer(in PeerVerification verification)
    {
        _latest = verification;
        return verification.Verdict == PeerVerdict.Accepted ? ChainError.None : ChainError.RefusedByApplication;
    }

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

    private PeerVerification Ask(VerifiedPeer peer)
    {
        var verdict = (_ruleOfConnection ?? ruleOfContext)(peer.Identity, own);
        return verdict == PeerVerdict.Accepted ? PeerVerification.Accepted(peer) : PeerVerification.Refused(verdict, peer.Identity.Text);
    }

    // A refused one is not remembered: strangers must not push out those that are known.
    private PeerVerification AskAndRemember(VerifiedPeer peer)
    {
        var answer = Ask(peer);
        if (answer.Verdict == PeerVerdict.Accepted)
        {
            Remember(peer);
        }

        return answer;
    }

    private static (PeerVerdict Verdict, string Detail, SpiffeId? Identity) Identify(Certificate leaf)
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
            ? (PeerVerdict.Accepted, "", identity)
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
