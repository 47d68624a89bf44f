using System.Text.RegularExpressions;

namespace Llumnix.Adapters.Options.Parsing;

/// <summary>A value that cannot be used, as messages repeat it: in quotes, on one line, short, and without the user and password that an address may have.</summary>
public static partial class RefusedValue
{
    private const string Hidden = "***";

    /// <summary>The value in quotes.</summary>
    public static string Quote(string text) => Quoted.Text(WithoutUsers(text));

    /// <summary>A part of a list in quotes; hidden where it may be a part of a password, which can hold what separates the parts.</summary>
    /// <param name="part">The part.</param>
    /// <param name="list">The whole list.</param>
    public static string QuotePart(string part, string list) =>
        WithoutUsers(list).Contains(WithoutUsers(part), StringComparison.Ordinal) ? Quote(part) : Quoted.Text(Hidden);

    private static string WithoutUsers(string text) =>
        (text.Contains("://", StringComparison.Ordinal) ? UsersOfUrls() : OtherUsers()).Replace(text, Hidden + "@");

    /// <summary>From the first scheme to the last @: a password may have any character.</summary>
    [GeneratedRegex("(?<=://).*@", RegexOptions.Singleline)]
    private static partial Regex UsersOfUrls();

    /// <summary>Without a scheme; what stands before an engine's @ begins with a word and an equals sign.</summary>
    [GeneratedRegex("(?<=^|,)(?!\\s*\\w+=)[^,]*@", RegexOptions.Singleline)]
    private static partial Regex OtherUsers();
}
