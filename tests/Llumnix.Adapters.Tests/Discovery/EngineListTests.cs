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

    private static bool TryRead(string text, out IReadOnlyList<ListedEngine> engines) =>
        EngineList.TryRead(text, static item => ListTypes.ReadEndpoint(item, 80), out engines);
}
