using Llumnix.Adapters.Files;

namespace Llumnix.Adapters.Listeners;

/// <summary>The files of the listener's certificate cannot be used. The message tells neither their names nor what is in them.</summary>
public sealed class ListenerCertificateException(Exception cause)
    : Exception($"--tls-cert-file and --tls-key-file: no certificate with its key could be read: {FileFailure.Describe(cause)}", cause);
