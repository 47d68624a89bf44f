using Llumnix.Gateway.Routing;

namespace Llumnix.Gateway.Tests.Routing;

public sealed class RouteTableTests
{
    [Fact]
    public void WeightsAreShares()
    {
        Route[] routes = [new() { Weight = 1 }, new() { BaseUrl = new Uri("http://a"), Weight = 3 }, new() { BaseUrl = new Uri("http://b"), Weight = 0 }];
        var table = new RouteTable(RoutePolicy.Weight, routes);
        var random = new Random(17);
        int[] counts = new int[3];
        for (int i = 0; i < 10_000; i++)
        {
            counts[Array.IndexOf(routes, table.Choose("m", random))]++;
        }

        Assert.InRange(counts[0], 2_350, 2_650);
        Assert.Equal(0, counts[2]);
        Assert.Equal(10_000, counts.Sum());
    }

    [Theory]
    [InlineData("Qwen/Qwen3-8B", "exact")]
    [InlineData("Qwen/Qwen3-32B", "long")]
    [InlineData("Qwen/Other", "short")]
    [InlineData("Llama", null)]
    public void AnExactNameWinsThenTheLongestPrefix(string model, string? expected)
    {
        var table = new RouteTable(RoutePolicy.Prefix, [Of("Qwen/*", "short"), Of("Qwen/Qwen3*", "long"), Of("Qwen/Qwen3-8B", "exact")]);
        Assert.Equal(expected, table.Choose(model, new Random(1))?.Model);

        static Route Of(string prefix, string name) => new() { BaseUrl = new Uri("http://a"), Prefix = prefix, Model = name };
    }

    [Fact]
    public void ARequestWithoutAModelGoesToTheFleet() =>
        Assert.Null(new RouteTable(RoutePolicy.Prefix, [new() { BaseUrl = new Uri("http://a"), Prefix = "*" }]).Choose("", new Random(1))!.BaseUrl);

    [Theory]
    [InlineData("http://a", "http://a/v1/x?q")]
    [InlineData("http://a/v1", "http://a/v1/x?q")]
    [InlineData("http://a/api/v4/", "http://a/api/v4/x?q")]
    [InlineData("http://a/api", "http://a/api/v1/x?q")]
    public void AVersionInTheBaseTakesThePlaceOfThePaths(string url, string expected) =>
        Assert.Equal(expected, new Route { BaseUrl = new Uri(url) }.ToUri("/v1/x", "?q").AbsoluteUri);

    [Theory]
    [InlineData("weight", """[{"base_url":"local","weight":-1}]""")]
    [InlineData("weight", """[{"base_url":"local"}]""")]
    [InlineData("", """[{"base_url":"http://a","weight":1}]""")]
    [InlineData("prefix", "")]
    [InlineData("other", "[]")]
    [InlineData("prefix", """[{"base_url":"http://secret@a","prefix":"*"}]""")]
    [InlineData("prefix", """[{"base_url":"http://a","secret":"x"}]""")]
    [InlineData("prefix", """[{"base_url":"http://a","api_key":"secret\n"}]""")]
    [InlineData("prefix", """[{"base_url":"local","fallback":true}]""")]
    [InlineData("prefix", """[{"base_url":"http://a","api_key":"secret" """)]
    [InlineData("prefix", "{}")]
    public void WhatCannotBeUsedIsNamedWithoutItsValues(string policy, string json)
    {
        string? problem = RouteConfiguration.Read(policy, json, out RouteTable? table);
        Assert.NotNull(problem);
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
        Assert.Null(table);
    }
}
