using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptCluster.Web.Shell;

/// <summary>
/// The user's theme: light, dark or the system's theme. The choice is stored in a cookie, so that a page has the right theme from its first
/// byte, without a script.
/// </summary>
internal static class ThemeChoice
{
    public const string Path = "/theme";
    private const string Cookie = "theme";
    private static readonly TimeSpan Kept = TimeSpan.FromDays(365);

    /// <summary>The available choices.</summary>
    public static IReadOnlyList<string> All { get; } = ["auto", "light", "dark"];

    /// <summary>Returns the user's choice.</summary>
    public static string Of(HttpContext? context) =>
        context?.Request.Cookies[Cookies(context).Name(Cookie)] is { } choice && All.Contains(choice) ? choice : All[0];

    /// <summary>Stores the choice from the form and redirects back to the form's page.</summary>
    public static async Task<IResult> SetAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context)) return Results.BadRequest();
        var form = await context.Request.ReadFormAsync();
        if (All.Contains(form["choice"].ToString()))
        {
            var cookies = Cookies(context);
            context.Response.Cookies.Append(cookies.Name(Cookie), form["choice"].ToString(), cookies.Options(Kept));
        }
        var back = form["back"].ToString();
        return Results.LocalRedirect(WebPages.IsLocalPath(back) ? back : "/");
    }

    private static PageCookies Cookies(HttpContext context) => context.RequestServices.GetRequiredService<PageCookies>();
}
