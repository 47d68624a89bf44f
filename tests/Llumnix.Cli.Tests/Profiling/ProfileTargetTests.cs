using Llumnix.Adapters.Profiles;
using Llumnix.Cli.Profiling;

namespace Llumnix.Cli.Tests.Profiling;

/// <summary>What measured tables change in a file of classes.</summary>
public sealed class ProfileTargetTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("llumnix-target-");

    public void Dispose() => _folder.Delete(recursive: true);

    private string File => Path.Combine(_folder.FullName, "classes.yaml");

    [Fact]
    public void Conclude_NoFileYet_WritesOneWithTheClass()
    {
        ProfileTarget target = Of("h20", "node=h20-*", "labels.gpu=h20", "node=old\"1\"");
        Assert.False(System.IO.File.Exists(File));
        Assert.Equal($"Class h20 was added to {File}.", target.Conclude());
        Assert.Equal(
            "classes:\n  - name: h20\n    when: { node: [\"h20-*\", \"old\\\"1\\\"\"], labels: { \"gpu\": \"h20\" } }\n    ttft: \"h20-ttft.json\"\n    tpot: \"h20-tpot.json\"\n",
            System.IO.File.ReadAllText(File));
        ProfileRuleEntry entry = Assert.Single(ProfileRulesFile.ReadEntries(File));
        Assert.Equal(target.TtftPath, entry.TtftPath);
        Assert.Equal(["node: h20-* old\"1\"", "labels.gpu: h20"], entry.Conditions.Select(static c => $"{c.Trait.Name}: {string.Join(' ', c.Patterns)}"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void Conclude_OtherClasses_AreLeftAsTheyAre(string indent)
    {
        string before = $"# ours\nclasses: # in order\n{indent}- name: a   # first\n{indent}  when:\n{indent}    node: x\n{indent}  ttft: t.json\n{indent}  tpot: 'p.json'   # decode\n";
        System.IO.File.WriteAllText(File, before);
        Of("b", "block_size=16").Conclude();
        Assert.Equal(
            before + $"{indent}- name: b\n{indent}  when: {{ block_size: \"16\" }}\n{indent}  ttft: \"b-ttft.json\"\n{indent}  tpot: \"b-tpot.json\"\n",
            System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void Conclude_KnownClass_ChangesOnlyItsTables()
    {
        System.IO.File.WriteAllText(File, "classes:\n- name: a\n  when: { node: x }\n  tpot: old/p.json  # decode\n  ttft: 'old/t.json'\n- name: b\n  ttft: t\n  tpot: p\n");
        ProfileTarget kept = Of("a");
        Assert.Equal(Path.Combine(_folder.FullName, "old/t.json"), kept.TtftPath);
        ProfileTarget.Of(Path.Combine(_folder.FullName, "new.json"), null, File, "a", ["node=y"]).Conclude();
        Assert.Equal(
            "classes:\n- name: a\n  when: { node: \"y\" }\n  tpot: \"old/p.json\"  # decode\n  ttft: \"new.json\"\n- name: b\n  ttft: t\n  tpot: p\n",
            System.IO.File.ReadAllText(File));
    }

    [Theory]
    [InlineData("class b is new in", "b")]
    [InlineData("--when must be key=pattern, not \"node\"", "b", "node")]
    [InlineData("--when: \"rack\" is not a condition; the conditions are instance, node,", "b", "rack=1")]
    [InlineData("a class needs a name of 1 to 64", "b c", "node=1")]
    public void Of_WhatCannotBeWritten_IsToldBeforeAnythingIsMeasured(string message, string name, params string[] when)
    {
        Exception problem = Assert.ThrowsAny<Exception>(() => Of(name, when));
        Assert.True(problem is ProfileException or ProfilingTableException);
        Assert.Contains(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ListInBrackets_SaysHowToWriteIt()
    {
        System.IO.File.WriteAllText(File, """{"classes":[{"name":"a","ttft":"t","tpot":"p"}]}""");
        Assert.Contains("on a line of its own", Assert.Throws<ProfilingTableException>(() => Of("b", "node=1")).Message, StringComparison.Ordinal);
    }

    private ProfileTarget Of(string name, params string[] when) => ProfileTarget.Of(null, null, File, name, when);
}
