using System.Text.RegularExpressions;

namespace Llumnix.Deploy.Tests.Documents;

/// <summary>The tests of this checkout, by the names that documents use.</summary>
internal static partial class TestSources
{
    /// <summary>Every test method as <c>Class.Method</c>; the class has its file's name.</summary>
    internal static IReadOnlySet<string> Methods { get; } = Directory
        .EnumerateFiles(Checkout.PathOf("tests"), "*Tests.cs", SearchOption.AllDirectories)
        .SelectMany(
            static path => TestMethod().Matches(File.ReadAllText(path)),
            static (path, method) => $"{Path.GetFileNameWithoutExtension(path)}.{method.Groups[1].Value}")
        .ToHashSet();

    /// <summary>Every name by which a document may refer to tests: a class, a method, or both with a dot between.</summary>
    internal static IReadOnlySet<string> Names { get; } = Methods.SelectMany(static name => name.Split('.').Append(name)).ToHashSet();

    /// <summary>The attribute of a test, further attributes below it, and the name of the method.</summary>
    [GeneratedRegex(@"^ +\[(?:Fact|Theory)\b[^\n]*\n(?: +\[[^\n]*\n)*? +public (?:async )?(?:void|Task) (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex TestMethod();
}
