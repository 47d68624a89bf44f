using Llumnix.Adapters.Files;
using Llumnix.Adapters.Options.Parsing;

namespace Llumnix.Adapters.Listeners;

/// <summary>The files of the listener's certificate cannot be used. The message names them and tells nothing of what is in them.</summary>
public sealed class ListenerCertificateException : Exception
{
    private const string CertificateOption = "tls-cert-file";
    private const string KeyOption = "tls-key-file";

    private ListenerCertificateException(IReadOnlyList<(string Option, string Problem)> problems, Exception cause)
        : base(string.Join("; ", problems.Select(static problem => $"--{problem.Option}: {problem.Problem}")), cause) => Problems = problems;

    /// <summary>What is wrong: with each file that cannot be read, at its option, or else with both together. Options are without dashes.</summary>
    public IReadOnlyList<(string Option, string Problem)> Problems { get; }

    /// <summary>Makes one.</summary>
    /// <param name="certificateFile">The certificate's file.</param>
    /// <param name="certificateFailure">Why it cannot be read; null where it can.</param>
    /// <param name="keyFile">The key's file.</param>
    /// <param name="keyFailure">Why it cannot be read; null where it can.</param>
    internal static ListenerCertificateException OfUnread(string certificateFile, Exception? certificateFailure, string keyFile, Exception? keyFailure)
    {
        (string Option, string Problem)[] problems = [.. Unread(CertificateOption, certificateFile, certificateFailure), .. Unread(KeyOption, keyFile, keyFailure)];
        return new ListenerCertificateException(problems, (certificateFailure ?? keyFailure)!);
    }

    /// <summary>Makes one of files that can be read, and hold no certificate with its key.</summary>
    /// <param name="certificateFile">The certificate's file.</param>
    /// <param name="keyFile">The key's file.</param>
    /// <param name="cause">Why.</param>
    internal static ListenerCertificateException OfContent(string certificateFile, string keyFile, Exception cause)
    {
        string files = NamedFile.IsPath(certificateFile) && NamedFile.IsPath(keyFile)
            ? $"{NamedFile.Of(certificateFile)} and {NamedFile.Of(keyFile)}"
            : $"the files that --{CertificateOption} and --{KeyOption} name";
        return new ListenerCertificateException([(KeyOption, $"no certificate with its key could be read from {files}: {FileFailure.Describe(cause)}")], cause);
    }

    private static IEnumerable<(string Option, string Problem)> Unread(string option, string path, Exception? failure) =>
        failure is null ? [] : [(option, $"{NamedFile.Of(path)} cannot be read: {FileFailure.Describe(failure, path)}")];
}
