using System.Globalization;
using AdaptCluster.Contracts;
using Npgsql;

namespace AdaptCluster.Connections;

/// <summary>
/// Reads connection URIs in libpq's format, such as <c>postgresql://user:password@host:5432/database?sslmode=verify-full</c>. Managed
/// services and operators such as CloudNativePG write such URIs into Secrets.
/// </summary>
internal static class PostgresUri
{
    private const string Form = "postgresql://user:password@host:5432/database";

    private static readonly string[] Schemes = ["postgresql://", "postgres://"];

    /// <summary>The Npgsql keywords, keyed by libpq's parameter names.</summary>
    private static readonly Dictionary<string, string> Keywords = new(StringComparer.Ordinal)
    {
        ["host"] = "Host",
        ["port"] = "Port",
        ["dbname"] = "Database",
        ["user"] = "Username",
        ["password"] = "Password",
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["sslpassword"] = "SSL Password",
        ["application_name"] = "Application Name",
        ["connect_timeout"] = "Timeout",
        ["target_session_attrs"] = "Target Session Attributes",
        ["channel_binding"] = "Channel Binding",
        ["options"] = "Options",
    };

    /// <summary>Whether a string is a PostgreSQL URI.</summary>
    public static bool Is(string text) => Schemes.Any(scheme => text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a URI.</summary>
    /// <param name="uri">The URI.</param>
    /// <param name="name">The setting or option that contains the URI, for error messages.</param>
    /// <exception cref="InvalidInputException">The URI cannot be read. The message omits its values, which may be secrets.</exception>
    public static NpgsqlConnectionStringBuilder Read(string uri, string name)
    {
        var rest = uri[(uri.IndexOf("://", StringComparison.Ordinal) + 3)..];
        var builder = new NpgsqlConnectionStringBuilder();
        var query = "";
        if (rest.IndexOf('?', StringComparison.Ordinal) is >= 0 and var mark) (rest, query) = (rest[..mark], rest[(mark + 1)..]);
        var database = "";
        if (rest.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash) (rest, database) = (rest[..slash], rest[(slash + 1)..]);
        // A password should be percent-encoded; an unencoded @ in it is accepted.
        if (rest.LastIndexOf('@') is >= 0 and var at)
        {
            var user = rest[..at].Split(':', 2);
            builder.Username = Decoded(user[0], name);
            if (user.Length == 2) builder.Password = Decoded(user[1], name);
            rest = rest[(at + 1)..];
        }
        ReadHosts(rest, builder, name);
        if (database.Length > 0) builder.Database = Decoded(database, name);
        foreach (var parameter in query.Split('&', StringSplitOptions.RemoveEmptyEntries)) ReadParameter(parameter, builder, name);
        return string.IsNullOrEmpty(builder.Host)
            ? throw new InvalidInputException($"{name}: the URI has no host; write {Form}.")
            : builder;
    }

    private static void ReadHosts(string text, NpgsqlConnectionStringBuilder builder, string name)
    {
        var hosts = text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(one => ReadHost(one, name)).ToArray();
        if (hosts is [var (host, port)])
        {
            builder.Host = host;
            if (port is { } given) builder.Port = given;
        }
        // Npgsql needs the brackets of an IPv6 address only if a port follows it.
        else if (hosts.Length > 1)
        {
            builder.Host = string.Join(',', hosts.Select(one => one.Port is null ? one.Host
                : $"{(one.Host.Contains(':', StringComparison.Ordinal) ? $"[{one.Host}]" : one.Host)}:{one.Port}"));
        }
    }

    private static (string Host, int? Port) ReadHost(string text, string name)
    {
        var end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) : -1;
        if (text.StartsWith('[') && end < 0) throw new InvalidInputException(
            $"{name}: the IPv6 address in the URI has no ]; write postgresql://user:password@[fd00::1]:5432/database.");
        var (host, rest) = end >= 0 ? (text[1..end], text[(end + 1)..])
            : text.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? (text[..colon], text[colon..]) : (text, "");
        if (rest.Length == 0) return (Decoded(host, name), null);
        return rest[0] == ':' && ushort.TryParse(rest[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? (Decoded(host, name), port)
            : throw new InvalidInputException(
                $"{name}: the URI's host is not followed by a port from 1 to 65535; write {Form}, with / : ? # % in the password as %2F, "
                + "%3A, %3F, %23, %25, and an IPv6 address in brackets.");
    }

    /// <summary>
    /// Describes a parameter for error messages. Text that does not look like a parameter may be the end of a password that contains an
    /// unencoded question mark.
    /// </summary>
    private static string Named(string key) => key.All(c => c is '_' or (>= 'a' and <= 'z'))
        ? $"the URI's parameter '{key}'" : "the text after the URI's ? (in the password, write %3F for ?)";

    private static void ReadParameter(string parameter, NpgsqlConnectionStringBuilder builder, string name)
    {
        var (key, value) = parameter.Split('=', 2) is [var left, var right] ? (Decoded(left, name), Decoded(right, name))
            : (Decoded(parameter, name), "");
        if (!Keywords.TryGetValue(key, out var keyword))
            throw new InvalidInputException(
                $"{name}: {Named(key)} is unknown; known parameters: "
                + $"{string.Join(", ", Keywords.Keys.Order(StringComparer.Ordinal))}.");
        try
        {
            // libpq's verify-full is Npgsql's VerifyFull.
            builder[keyword] = key is "sslmode" or "channel_binding" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            throw new InvalidInputException($"{name}: the URI's parameter '{key}' has an invalid value.", e);
        }
    }

    private static string Decoded(string text, string name)
    {
        for (var i = text.IndexOf('%', StringComparison.Ordinal); i >= 0; i = text.IndexOf('%', i + 1))
        {
            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                throw new InvalidInputException(
                    $"{name}: a % in the URI does not begin a percent-encoded character; in the password, write %25 for %.");
        }
        return Uri.UnescapeDataString(text);
    }
}
