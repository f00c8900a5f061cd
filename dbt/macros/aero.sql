{# Written by `aero tables --as-dbt`: do not edit. #}

{# dbt-spark asks SHOW TABLE EXTENDED, which the Spark Thrift Server answers nobody, and HiveServer2 in another form. #}
{% macro spark__list_relations_without_caching(relation) %}
    {% set views = run_query("SHOW VIEWS IN " ~ relation.schema) %}
    {% set views = aero_names(views) %}
    {% set found = [] %}
    {% for name in aero_names(run_query("SHOW TABLES IN " ~ relation.schema)) %}
        {% do found.append((relation.schema, name, false, "Type: VIEW" if name in views else "Type: TABLE")) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{# Spark names the database before the table, HiveServer2 the table alone. #}
{% macro aero_names(listed) %}
    {% set place = 0 if listed.column_names | length == 1 else 1 %}
    {{ return(listed.columns[place].values() | list) }}
{% endmacro %}

{% test aero_one_row_each(model, key) %}
    SELECT {{ key | join(", ") }}, COUNT(*) AS rows_of_it
    FROM {{ model }}
    GROUP BY {{ key | join(", ") }}
    HAVING COUNT(*) > 1
{% endtest %}

{% test aero_between(model, column_name, least, most) %}
    SELECT {{ column_name }}
    FROM {{ model }}
    WHERE {{ column_name }} < {{ least }} OR {{ column_name }} > {{ most }}
{% endtest %}
