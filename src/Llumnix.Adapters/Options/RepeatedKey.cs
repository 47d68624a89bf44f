using System.Globalization;

namespace Llumnix.Adapters.Options;

/// <summary>Keys that their mapping has already, as trees of YAML have them: with a mark behind the name that no text of YAML can have.</summary>
public static class RepeatedKey
{
    private const char Mark = '\uFFFF';

    /// <summary>Whether a key of the tree is a repeated one.</summary>
    /// <param name="key">The key.</param>
    /// <param name="name">The name that the text has.</param>
    public static bool Is(string key, out string name)
    {
        int mark = key.IndexOf(Mark, StringComparison.Ordinal);
        name = mark < 0 ? key : key[..mark];
        return mark >= 0;
    }

    /// <summary>The key that stands for a repeated one in a tree.</summary>
    /// <param name="name">The name that the text has.</param>
    /// <param name="place">Its place in the mapping, which no other key has.</param>
    internal static string Rename(string name, int place) => name + Mark + place.ToString(CultureInfo.InvariantCulture);
}
