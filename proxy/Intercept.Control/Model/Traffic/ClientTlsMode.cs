namespace Intercept.Control.Model.Traffic;

internal enum ClientTlsMode
{
    Disable,
    Simple,
    Mutual,
    IstioMutual,
}
