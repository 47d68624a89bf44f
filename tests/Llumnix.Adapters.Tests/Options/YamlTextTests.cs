using Llumnix.Adapters.Options;
using YamlDotNet.RepresentationModel;

namespace Llumnix.Adapters.Tests.Options;

/// <summary>What is told of texts that are no YAML: the place, and what is expected there, in words of the text and not of the parser.</summary>
public sealed class YamlTextTests
{
    [Theory]
    [InlineData("mode: [", "1:7", "is not closed")]
    [InlineData("a: 1\nb: [1, 2\nc: 3\n", "2:4", "a bracket or brace that is opened here is not closed")]
    [InlineData("a: 1 # c\nb: [1,\n  2,\n", "2:4", "is not closed")]
    [InlineData("a: 1\nb: {c: 1\nd: 2\n", "2:4", "is not closed")]
    [InlineData("a: 1\n b: 2\n", "2:3", "indent this line as the keys above")]
    [InlineData("a: b: c\n", "1:5", "put it into quotes")]
    [InlineData("a: 1\n\tb: 2\n", "2:1", "a tab cannot indent a line")]
    [InlineData("c: 2\na:\n\t- 1\n", "3:1", "a tab cannot indent a line")]
    [InlineData("a: 1\nb: 'x\nc: 1\n", "2:4", "the quote that is opened here is not closed")]
    [InlineData("a: 1\nb: \"x\nc: 1\n", "2:4", "the quote that is opened here is not closed")]
    [InlineData("a: \"\\q\"\n", "1:4", "in double quotes a backslash")]
    [InlineData("fleet:\n  - count: 4\n   profile: x\n", "3:4", "expected is '- '")]
    [InlineData("workload:\n  rate: 5\n requests: 3\n", "3:2", "indented as the keys above")]
    [InlineData("a: 1\nb\nc: 2\n", "2:1", "a key with a colon after it")]
    [InlineData("{\"a\": 1 \"b\": 2}", "1:12", "expected is ',' or '}'")]
    [InlineData("a: 1\nb: @x\n", "2:4", "needs quotes")]
    [InlineData("a: 1\nb: *x\n", "2:4", "a text that begins with * needs quotes")]
    [InlineData("a: ]\n", "1:4", "expected is a value")]
    [InlineData("a: 1\nb: 2\na: 3\n", "3:1", "the key \"a\" is given twice")]
    public void Parse_NoYaml_TellsThePlaceAndWhatIsExpected(string text, string place, string expected)
    {
        string message = Assert.Throws<YamlTextException>(() => YamlText.Parse(text, "f", "a scenario")).Message;
        Assert.StartsWith($"f:{place}: is not valid YAML or JSON: ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: 1\n---\nb: 2\n", 2)]
    [InlineData("---\na: 1\n...\n# c\n---\nb: [\n", 5)]
    [InlineData("a: 1\na: 2\n\n---\n", 4)]
    [InlineData("---\na: 1\n---\n---\n", 3)]
    public void Parse_SeveralDocuments_TellsWhereTheSecondBegins(string text, int line)
    {
        string expected = FormattableString.Invariant($"f:{line}: a second document begins here; a scenario is one");
        Assert.Equal(expected, Assert.Throws<YamlTextException>(() => YamlText.Parse(text, "f", "a scenario")).Message);
        Assert.Equal(expected, Assert.Throws<YamlTextException>(() => YamlText.ParseWithRepeatedKeys(text, "f", "a scenario")).Message);
    }

    [Fact]
    public void ParseWithRepeatedKeys_KeysOfOneName_AllAreInTheTree()
    {
        YamlNode root = YamlText.ParseWithRepeatedKeys("a: 1\nb:\n- {c: 2, c: [3, {d: 4, d: 5}]}\n- e:\n    f: [6, 7]\n    f: 8\n? [g]\n: 9\na:\n  h: 1\na: 2\nz: 0\n", "f", "a scenario");
        Assert.Equal(
            "{ { a, 1 }, { b, [ { { c, 2 }, { c+2, [ 3, { { d, 4 }, { d+2, 5 } } ] } }, { { e, { { f, [ 6, 7 ] }, { f+2, 8 } } } } ] }, { [ g ], 9 }, { a+6, { { h, 1 } } }, { a+8, 2 }, { z, 0 } }",
            root.ToString().Replace('\uFFFF', '+'));
        YamlNode key = ((YamlMappingNode)root).Children.Keys.ElementAt(3);
        Assert.True(RepeatedKey.Is(((YamlScalarNode)key).Value!, out string name));
        Assert.Equal(("a", 9), (name, key.Start.Line));
        Assert.False(RepeatedKey.Is("a", out _));
    }

    /// <summary>The parser throws exceptions of many types at garbage; none of their texts is shown.</summary>
    [Fact]
    public void Parse_Garbage_NamesNoTypeAndAPlaceWithinTheText()
    {
        var random = new Random(7);
        const string letters = "ab:-[]{},'\"|>&*!?%@#\t\n  \\\u00e4";
        for (int i = 0; i < 20_000; i++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(1, 24)).Select(_ => letters[random.Next(letters.Length)])]);
            try
            {
                YamlText.ParseWithRepeatedKeys(text, "f", "a scenario");
                YamlText.Parse(text, "f", "a scenario");
            }
            catch (YamlTextException exception)
            {
                Assert.DoesNotContain("Exception", exception.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("Operation", exception.Message, StringComparison.Ordinal);
                string[] parts = exception.Message.Split(':');
                if (parts.Length > 2 && long.TryParse(parts[1], out long line))
                {
                    Assert.InRange(line, 1, 1 + text.Count('\n'));
                }
            }
        }
    }
}
