using System.Reflection;

namespace AdaptCluster.Connections;

/// <summary>Documents a setting on the member that it sets. The tables in the documentation are generated from these attributes.</summary>
/// <param name="key">The key in appsettings.json, such as "Lease:StallSeconds".</param>
/// <param name="defaultText">The default, in Markdown.</param>
/// <param name="meaning">The meaning, in Markdown.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class, AllowMultiple = true)]
public sealed class SettingAttribute(string key, string defaultText, string meaning) : Attribute
{
    /// <summary>The key in appsettings.json.</summary>
    public string Key => key;

    /// <summary>The default.</summary>
    public string Default => defaultText;

    /// <summary>The meaning.</summary>
    public string Meaning => meaning;

    /// <summary>Returns all settings of the given records, in the order of declaration.</summary>
    /// <param name="records">The records.</param>
    public static IEnumerable<SettingAttribute> Of(params Type[] records) => records.SelectMany(record =>
        (MemberInfo[])[record, .. record.GetProperties().OrderBy(property => property.MetadataToken)])
        .SelectMany(member => member.GetCustomAttributes<SettingAttribute>());
}
