using System.Text;
using System.Text.RegularExpressions;

namespace Llumnix.Adapters.Options.Parsing;

/// <summary>
/// A value that cannot be used, as messages repeat it: in quotes, on one line, short, and without what may be a secret: the user and password that an address may have, its query, and
/// what follows the name of a password.
/// </summary>
/// <remarks>Each is looked for in the whole text, and all that is found is hidden: a password may have any character, and so look like the beginning of another.</remarks>
public static partial class RefusedValue
{
    private const string Hidden = "***";

    /// <summary>The value in quotes.</summary>
    public static string Quote(string text) => Quoted.Text(WithoutSecrets(text));

    /// <summary>A part of a list in quotes; hidden where it may be a part of a password, which can hold what separates the parts.</summary>
    /// <param name="part">The part.</param>
    /// <param name="list">The whole list.</param>
    public static string QuotePart(string part, string list) =>
        WithoutSecrets(list).Contains(WithoutSecrets(part), StringComparison.Ordinal) ? Quote(part) : Quoted.Text(Hidden);

    /// <summary>The value with three asterisks in place of each secret.</summary>
    public static string WithoutSecrets(string text)
    {
        bool[] isSecret = new bool[text.Length];
        Regex users = text.Contains("://", StringComparison.Ordinal) ? UsersOfUrls() : OtherUsers();
        foreach (Match found in users.Matches(text).Concat(Queries().Matches(text)).Concat(NamedSecrets().Matches(text)))
        {
            isSecret.AsSpan(found.Index, found.Length).Fill(true);
        }

        var shown = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (!isSecret[i])
            {
                shown.Append(text[i]);
            }
            else if (i == 0 || !isSecret[i - 1])
            {
                shown.Append(Hidden);
            }
        }

        return shown.ToString();
    }

    /// <summary>From the first scheme to the last @.</summary>
    [GeneratedRegex("(?<=://).*(?=@)", RegexOptions.Singleline)]
    private static partial Regex UsersOfUrls();

    /// <summary>Without a scheme; what stands before an engine's @ begins with a word and an equals sign.</summary>
    [GeneratedRegex("(?<=^|,)(?!\\s*\\w+=).*(?=@)", RegexOptions.Singleline)]
    private static partial Regex OtherUsers();

    [GeneratedRegex("(?<=\\?).*", RegexOptions.Singleline)]
    private static partial Regex Queries();

    /// <summary>To the end of the text.</summary>
    [GeneratedRegex("(?<=(pass(word|wd|phrase)?|pwd|secret|token|key|credentials?)['\"]?\\s*=\\s*)\\S.*", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NamedSecrets();
}
