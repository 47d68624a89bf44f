using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;
using Llumnix.Testing.Polling;
using Llumnix.WebConsole.Tests.Browser;
using Llumnix.WebConsole.Tests.ScriptedApi;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Llumnix.WebConsole.Tests.Connection;

/// <summary>Tokens, and a server that goes away and comes back.</summary>
public sealed class ConnectionTests(Chromium chromium)
{
    [Fact]
    public async Task Token_WrongThenRight_IsAskedForUntilItFits()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(3), token: "secret");
        await using ConsolePage console = await chromium.OpenAsync();
        await console.Page.GotoAsync(new Uri(admin.Address, "/console/").ToString());
        foreach (string token in (string[])["wrong", "secret"])
        {
            await console.Dialog.GetByLabel("Token").FillAsync(token);
            await console.Page.Keyboard.PressAsync("Enter");
        }

        await Expect(console.Page.Locator("#connection")).ToHaveTextAsync("live");
        await Expect(console.Rows).ToHaveCountAsync(3);
        await console.Page.ReloadAsync();
        await Expect(console.Rows).ToHaveCountAsync(3);
        Assert.DoesNotContain("secret", console.Page.Url, StringComparison.Ordinal);
    }

    /// <summary>A restarted scheduler counts its decisions anew: those of the old process are not mixed with them.</summary>
    [Fact]
    public async Task Server_GoneAndBack_ThePageSaysSoAndShowsTheNewOneAlone()
    {
        await using ConsolePage console = await chromium.OpenAsync();
        int port;
        await using (ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(2), more: Decisions(Samples.Decision(9, "old"))))
        {
            port = admin.Address.Port;
            await console.GoAsync(admin.Address, "decisions");
            await Expect(console.Rows).ToContainTextAsync("old");
        }

        await Expect(console.Page.Locator("#connection")).ToHaveAttributeAsync("data-state", "lost");
        await using ScriptedAdmin again = await ScriptedAdmin.StartAsync(Samples.Fleet(5), port: port, more: Decisions(Samples.Decision(0, "new")));
        await Expect(console.Page.Locator("#connection")).ToHaveTextAsync("live", new() { Timeout = 60_000 });
        await Expect(console.Rows).ToHaveCountAsync(1);
        await Expect(console.Rows).ToContainTextAsync("new");
        await console.GoAsync(again.Address, "fleet");
        await Expect(console.Rows).ToHaveCountAsync(5);
    }

    /// <summary>A tab in the background draws nothing, and after a while reads nothing, until it is seen again.</summary>
    [Fact]
    public async Task Tab_HiddenAndSeenAgain_RestsMeanwhileAndShowsThePresentThen()
    {
        await using ScriptedAdmin admin = await ScriptedAdmin.StartAsync(Samples.Fleet(3));
        await using ConsolePage console = await chromium.OpenAsync();
        await console.Page.Clock.InstallAsync();
        await console.GoAsync(admin.Address, "fleet");
        await Expect(console.Rows).ToHaveCountAsync(3);
        Assert.Equal(1, admin.Streams);

        await SeeAsync(console, isHidden: true);
        admin.Send("fleet_delta", new FleetDelta(1, 0, [], [0], []), AdminJsonContext.Default.FleetDelta);
        await console.Page.Clock.RunForAsync(10_000);
        await Expect(console.Rows).ToHaveCountAsync(3);
        Assert.Equal(1, admin.Streams);
        await console.Page.Clock.RunForAsync(25_000);
        await Eventually.TrueAsync(() => admin.Streams == 0);

        await SeeAsync(console, isHidden: false);
        await Expect(console.Page.Locator("#connection")).ToHaveTextAsync("live");
        await Eventually.TrueAsync(() => admin.Streams == 1);
        admin.Send("fleet_delta", new FleetDelta(2, 0, [], [1], []), AdminJsonContext.Default.FleetDelta);
        await console.Page.Clock.RunForAsync(1_000);
        await Expect(console.Rows).ToHaveCountAsync(2);
        console.ExpectNoProblems();
    }

    private static async Task SeeAsync(ConsolePage console, bool isHidden) => await console.Page.EvaluateAsync(
        "(isHidden) => { Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }", isHidden);

    private static string Decisions(params IReadOnlyList<RecordedDecision> decisions) =>
        ScriptedAdmin.Event("decisions", Samples.Decisions(decisions), AdminJsonContext.Default.DecisionsEvent);
}
