using Llumnix.Cli.Load;
using Llumnix.Cli.Options;

namespace Llumnix.Cli.Profiling;

/// <summary>A measurement failed; the message says why.</summary>
internal sealed class ProfileException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>Makes one of a call to the engine that has failed, with a hint where nothing listens.</summary>
    /// <param name="address">What was called.</param>
    /// <param name="failure">Why it failed.</param>
    internal static ProfileException OfCall(Uri address, Exception failure) => new(
        $"{HttpAddress.Show(address)}: {CallFailure.Describe(failure)}" + (CallFailure.IsRefused(failure) ? ": nothing listens there; does the engine run, and is --endpoint its address?" : ""),
        failure);
}
