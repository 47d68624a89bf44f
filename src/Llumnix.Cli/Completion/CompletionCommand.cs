using System.CommandLine;
using Llumnix.Adapters.Options;

namespace Llumnix.Cli.Completion;

/// <summary><c>llumnix completion</c>: the script that makes a shell complete commands and flags.</summary>
/// <remarks>The scripts ask <c>llumnix</c> itself, by the directive <c>[suggest]</c>, so that they need no update when flags change.</remarks>
internal static class CompletionCommand
{
    private const string Bash =
        """
        # Completion of llumnix in bash. To have it in each shell: echo 'source <(llumnix completion bash)' >> ~/.bashrc
        _llumnix() {
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$(llumnix "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _llumnix llumnix

        """;

    private const string Zsh =
        """
        # Completion of llumnix in zsh. To have it in each shell, after compinit: echo 'source <(llumnix completion zsh)' >> ~/.zshrc
        _llumnix() {
            local line="${(j: :)words[1,CURRENT]}"
            local -a found
            found=(${(f)"$(llumnix "[suggest:${#line}]" "$line" 2>/dev/null)"})
            compadd -- $found || _files
        }
        compdef _llumnix llumnix

        """;

    private static readonly Argument<string> Shell = new("shell") { Description = "bash or zsh." };

    internal static Command Create()
    {
        Shell.AcceptOnlyFromAmong("bash", "zsh");
        var command = new Command("completion", "Prints the script that makes a shell complete commands and flags: source <(llumnix completion bash).") { Shell };
        command.SetAction(static parsed =>
        {
            parsed.InvocationConfiguration.Output.Write(parsed.GetValue(Shell) == "zsh" ? Zsh.ReplaceLineEndings("\n") : Bash.ReplaceLineEndings("\n"));
            return ExitCodes.Success;
        });
        return command;
    }
}
