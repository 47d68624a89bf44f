using System.Net;
using CsCheck;
using Llumnix.Adapters.Discovery;
using Llumnix.Adapters.Options.Table;
using Llumnix.Scheduling.Instances;

namespace Llumnix.Adapters.Tests.Discovery;

public sealed class EngineListTests
{
    private static readonly string[] Words = ["", "a", "org/model:7b", "x=y", "ü"];
    private static readonly string[] Parts = [",", "@", "=", "name", "role=decode", "model", "a:1", "[::1]:2", " ", ":"];
    private static readonly Gen<string> Word = Gen.Int[0, Words.Length - 1].Select(static i => Words[i]);

    private static readonly Gen<ListedEngine[]> Engines = Gen.Select(Word, Gen.Int[-1, 2], Word)
        .Select(static (name, role, model) => (Name: name, Role: role < 0 ? (InferType?)null : (InferType)role, Model: model))
        .Array[0, 6]
        .Select(static rows => rows
            .Select(static (row, i) => new ListedEngine("h", 1 + i) { Name = row.Name.Length > 0 ? row.Name.Replace(':', '-') + i : "", Role = row.Role, Model = row.Model }).ToArray());

    [Fact]
    public void Read_WhatWasWritten_IsTheSame() => Engines.Sample(static engines =>
    {
        Assert.True(TryRead(EngineList.Write(engines, ListTypes.WriteEndpoint), out IReadOnlyList<ListedEngine> read));
        Assert.Equal(engines, read);
    });

    [Fact]
    public void Read_AnyText_NeverThrowsAndReadsBack() => Gen.Int[0, Parts.Length - 1].Select(static i => Parts[i]).Array[0, 12].Sample(static parts =>
    {
        if (TryRead(string.Concat(parts), out IReadOnlyList<ListedEngine> engines))
        {
            Assert.True(TryRead(EngineList.Write(engines, ListTypes.WriteEndpoint), out IReadOnlyList<ListedEngine> again));
            Assert.Equal(engines, again);
        }
    });

    [Theory]
    [InlineData("a:1,b:x,c:3", "engine 2, \"b:x\", has a port that is none from 1 to 65535")]
    [InlineData("a:1,name=b,role=decode@c:3,d:e", "engine 3, \"d:e\", has a port that is none from 1 to 65535")]
    [InlineData("a:1,role=both@c:3", "engine 2, \"c:3\", has \"role=both@\" before it; expected are name= (without a colon), role= (neutral, prefill or decode) and model=, each once, with commas between and @ after them")]
    [InlineData("a:1,name=b,c:3", "engine 2, \"c:3\", has attributes without @ after them")]
    [InlineData("a:1,name=b", "engine 2, \"name=b\", has no address; before it stand name= (without a colon), role= (neutral, prefill or decode) and model=, each once, with commas between and @ after them")]
    [InlineData("a:1,b:2,a:1", "engine 3, \"a:1\", repeats the address a:1 of an earlier one")]
    [InlineData("name=x@a:1,b:2,name=x@c:1", "engine 3, \"c:1\", repeats the name of an earlier one")]
    public void Read_Wrong_TheItemIsNamed(string text, string problem)
    {
        Assert.Equal(problem, Read(text, out IReadOnlyList<ListedEngine> engines));
        Assert.Empty(engines);
    }

    [Theory]
    [InlineData("a:1,b:2,a:1", null)]
    [InlineData("a:1,model=m@a:1", "engine 2, \"a:1\", repeats the address a:1 of an earlier one")]
    public void Read_RepeatsThatAreDropped_MustSayTheSame(string text, string? problem)
    {
        Assert.Equal(problem, EngineList.Read(text, ReadAddress, out IReadOnlyList<ListedEngine> engines, areRepeatsDropped: true));
        Assert.Equal(problem is null ? 2 : 0, engines.Count);
    }

    private static bool TryRead(string text, out IReadOnlyList<ListedEngine> engines) =>
        Read(text, out engines) is null;

    private static string? Read(string text, out IReadOnlyList<ListedEngine> engines) =>
        EngineList.Read(text, ReadAddress, out engines);

    private static string? ReadAddress(string text, out DnsEndPoint? address) => ListTypes.ReadEndpoint(text, 80, out address);
}
