using System.Globalization;

namespace Intercept.Linux.OpenSsl;

/// <summary>SHA-256 of a certificate's DER, as a dictionary key.</summary>
public readonly record struct CertificateHash
{
    private readonly UInt128 _first;
    private readonly UInt128 _second;

    // The bytes are uniform already.
    public override int GetHashCode() => (int)_first;

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(_first):x32}{System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(_second):x32}");
}
