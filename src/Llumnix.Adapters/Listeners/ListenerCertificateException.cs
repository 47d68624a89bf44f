using Llumnix.Adapters.Files;
using Llumnix.Adapters.Options.Parsing;

namespace Llumnix.Adapters.Listeners;

/// <summary>The files of the listener's certificate cannot be used. The message names them and tells nothing of what is in them.</summary>
/// <param name="certificateFile">The certificate's file.</param>
/// <param name="keyFile">The key's file.</param>
/// <param name="cause">Why.</param>
public sealed class ListenerCertificateException(string certificateFile, string keyFile, Exception cause)
    : Exception($"--tls-cert-file and --tls-key-file: no certificate with its key could be read from {NamedFile.Of(certificateFile)} and {NamedFile.Of(keyFile)}: {FileFailure.Describe(cause)}", cause);
