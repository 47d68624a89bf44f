using CsCheck;
using Llumnix.Adapters.Profiles;

namespace Llumnix.Adapters.Tests.Profiles;

public sealed class ProfileRulesFileTests
{
    private const string Good = """
        classes:
        - name: h20
          when: { node: [h20-*, old-1], tensor_parallel: 4, labels: { gpu: h20, pool: "a*" } }
          ttft: tables/t.json
          tpot: /elsewhere/p.json
        - { name: rest, ttft: t2.json, tpot: p2.json }
        """;

    [Fact]
    public void Parse_Good_HasConditionsAndPathsBesideTheFile()
    {
        IReadOnlyList<ProfileRuleEntry> entries = ProfileRulesFile.Parse(Good, "/etc/llumnix", "f");
        Assert.Equal([("h20", "/etc/llumnix/tables/t.json", "/elsewhere/p.json", 2L), ("rest", "/etc/llumnix/t2.json", "/etc/llumnix/p2.json", 6L)],
            entries.Select(static e => (e.Name, e.TtftPath, e.TpotPath, e.Line)));
        Assert.Equal(
            ["node: h20-* old-1", "tensor_parallel: 4", "labels.gpu: h20", "labels.pool: a*"],
            entries[0].Conditions.Select(static c => $"{c.Trait.Name}: {string.Join(' ', c.Patterns)}"));
        Assert.Empty(entries[1].Conditions);
    }

    [Theory]
    [InlineData("f: is empty", "")]
    [InlineData("f:1:10: is not valid YAML or JSON", "classes: [")]
    [InlineData("f:1: the file must be a mapping of keys to values", "[]")]
    [InlineData("f:1: needs a list 'classes' of at least one class", "classes: []")]
    [InlineData("f:1: 'clases' is not a key here", "clases: []")]
    [InlineData("f:1: a class must be a mapping of keys to values", "classes: [a]")]
    [InlineData("f:1: 'tft' is not a key of a class; its keys are name, when, ttft and tpot", "classes: [{ name: a, tft: t, tpot: p }]")]
    [InlineData("f:1: class 'a' needs ttft, the file of its prefill table", "classes: [{ name: a, tpot: p }]")]
    [InlineData("f:1: the name default is taken", "classes: [{ name: default, ttft: t, tpot: p }]")]
    [InlineData("f:1: a class needs a name of 1 to 64 letters", "classes: [{ ttft: t, tpot: p }]")]
    [InlineData("f:2: an earlier class has the name a", "classes: [{ name: a, ttft: t, tpot: p },\n{ name: a, ttft: t, tpot: p }]")]
    [InlineData("f:1: 'rack' is not a condition; the conditions are instance, node, unit, model, infer_type, backend,", "classes: [{ name: a, ttft: t, tpot: p, when: { rack: 1 } }]")]
    [InlineData("f:1: node needs 1 to 64 patterns", "classes: [{ name: a, ttft: t, tpot: p, when: { node: [] } }]")]
    [InlineData("f:1: node must be a text of 1 to 256 characters", "classes: [{ name: a, ttft: t, tpot: p, when: { node: { a: b } } }]")]
    public void Parse_Bad_SaysWhereAndWhat(string message, string yaml) =>
        Assert.Contains(
            Assert.Throws<ProfilingTableException>(() => ProfileRulesFile.Parse(yaml, "/", "f")).Message.Split('\n'),
            line => line.StartsWith(message, StringComparison.Ordinal));

    [Fact]
    public void Read_BadTables_AreAllToldWithTheirClasses()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("llumnix-rules-");
        try
        {
            string path = Path.Combine(folder.FullName, "classes.yaml");
            File.WriteAllText(path, "classes:\n- { name: a, ttft: a.json, tpot: b.json }\n- { name: b, ttft: c.json, tpot: classes.yaml }\n");
            Assert.Equal(
                [
                    $"{path}:2: class a: {folder}/a.json: cannot be read: there is no such file", $"{path}:2: class a: {folder}/b.json: cannot be read: there is no such file",
                    $"{path}:3: class b: {folder}/c.json: cannot be read: there is no such file", $"{path}:3: class b: {path}: no valid JSON: line 1, byte 1",
                ],
                Assert.Throws<ProfilingTableException>(() => ProfileRulesFile.Read(path, [])).Problems);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Those of the file and of the tables that it names together, by their lines.</summary>
    [Fact]
    public void Read_BadFileAndBadTables_AreToldTogether()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("llumnix-rules-");
        try
        {
            string path = Path.Combine(folder.FullName, "classes.yaml");
            File.WriteAllText(path, "classes:\n- { name: a, ttft: a.json, tpot: b.json, whn: {} }\n- { name: b, tpot: c.json }\n");
            Assert.Equal(
                [
                    $"{path}:2: 'whn' is not a key of a class; its keys are name, when, ttft and tpot",
                    $"{path}:2: class a: {folder}/a.json: cannot be read: there is no such file",
                    $"{path}:2: class a: {folder}/b.json: cannot be read: there is no such file",
                    $"{path}:3: class 'b' needs ttft, the file of its prefill table",
                    $"{path}:3: class b: {folder}/c.json: cannot be read: there is no such file",
                ],
                Assert.Throws<ProfilingTableException>(() => ProfileRulesFile.Read(path, [])).Problems);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void ReadEntries_NoFile_SaysSoInPlainWords()
    {
        Assert.Equal("/no/such: cannot be read: there is no such file", Assert.Throws<ProfilingTableException>(() => ProfileRulesFile.ReadEntries("/no/such")).Message);
        Assert.Equal("/tmp: cannot be read: it is a folder", Assert.Throws<ProfilingTableException>(() => ProfileRulesFile.ReadEntries("/tmp")).Message);
    }

    [Fact]
    public void Parse_TooManyClasses_AreRefused()
    {
        string yaml = "classes:\n" + string.Concat(Enumerable.Range(0, 65).Select(static i => $"- {{ name: a{i}, ttft: t, tpot: p }}\n"));
        Assert.Contains("has 65 classes; at most 64 are possible", Assert.Throws<ProfilingTableException>(() => ProfileRulesFile.Parse(yaml, "/", "f")).Message, StringComparison.Ordinal);
    }

    /// <summary>Whatever is done to a good file, the answer is rules or a message.</summary>
    [Fact]
    public void Parse_AnyText_GivesRulesOrAProblem() =>
        Gen.Select(Gen.Int[0, Good.Length], Gen.Int[0, 40], Gen.String).Sample(
            static (at, length, text) =>
            {
                string yaml = Good[..at] + text + Good[Math.Min(Good.Length, at + length)..];
                try
                {
                    Assert.InRange(ProfileRulesFile.Parse(yaml, "/", "f").Count, 1, 64);
                }
                catch (ProfilingTableException problem)
                {
                    Assert.StartsWith("f:", problem.Message, StringComparison.Ordinal);
                }
            },
            iter: 2000);
}
