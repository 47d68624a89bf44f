namespace Llumnix.Scheduling.PrefixCache;

/// <summary>Formats keys in lower-case hex.</summary>
internal static class HexKey
{
    /// <summary>The hash in hex, followed by a suffix; allocates only the result.</summary>
    internal static string Make(byte[] hash, string suffix) =>
        string.Create((2 * hash.Length) + suffix.Length, (hash, suffix), static (key, state) =>
        {
            Convert.TryToHexStringLower(state.hash, key, out int written);
            state.suffix.CopyTo(key[written..]);
        });
}
